"""
Random draws. sfc32 as PractRand publishes it (Doty-Humphrey), with the state (0, seed, 0, 1) and 15 outputs thrown away, and Marsaglia's
polar method on it: written anew here from their descriptions, in integers. Binomial draws are inversions: the least count whose
cumulative share exceeds a uniform number, by scipy.stats.binom.
"""

import math

from scipy import stats

from oracle import write

mask = 2**32 - 1


def sfc32(seed):
    a, b, c, counter = 0, seed & mask, 0, 1
    step = 0
    while True:
        output = (a + b + counter) & mask
        counter = (counter + 1) & mask
        a = b ^ (b >> 9)
        b = (c + (c << 3)) & mask
        c = (((c << 21) | (c >> 11)) + output) & mask
        if step >= 15:
            yield output / 2**32
        step += 1


def normals(seed):
    uniform = sfc32(seed)
    while True:
        u, v = 2 * next(uniform) - 1, 2 * next(uniform) - 1
        square = u * u + v * v
        if 0 < square < 1:
            scale = math.sqrt(-2 * math.log(square) / square)
            yield u * scale
            yield v * scale


def first(values, count):
    return [next(values) for _ in range(count)]


def inverse(trials, probability):
    uniform = sfc32(1974)
    # Rarely, a few and many; ends that 32 bits can reach.
    return [
        [trials, probability, u, stats.binom.ppf(u, trials, probability)]
        for u in [2**-32, 1e-6, 0.01, *first(uniform, 6), 0.99, 1 - 1e-6, 1 - 2**-32]
    ]


write(
    "draws",
    {
        "uniform": [{"seed": seed, "draws": first(sfc32(seed), 40)} for seed in [0, 1, 12_345, -7]],
        "normal": [{"seed": seed, "draws": first(normals(seed), 21)} for seed in [0, 1, 12_345]],
        "binomial": [
            row
            for trials, probability in [
                (1, 0.3), (2, 0.9), (7, 0.04), (30, 0.5), (45, 0.97), (99, 0.5), (200, 0.1), (500, 0.6), (20_000, 0.999), (1_000_000, 0.25),
            ]
            for row in inverse(trials, probability)
        ],
    },
)
