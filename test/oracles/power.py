"""The table of docs/statistics.md: how soon a missed target is found, how often one is claimed in vain.

python -m venv venv && venv/bin/pip install -r test/oracles/requirements.txt
venv/bin/python test/oracles/power.py

Errors of standard deviation 1 are usual, the target of root_mean_squared_error is 1.1; windows are independent. The interval is the
row-wise one of src/metrics/performance.
"""

import numpy as np
from scipy.stats import t

rng = np.random.default_rng(1)
TARGET = 1.1
DRAWS = {
    "normal": lambda shape: rng.standard_normal(shape),
    "Student 3": lambda shape: rng.standard_t(3, shape) / np.sqrt(3),
}


def missed(errors):
    n = errors.shape[1]
    squares = errors**2
    mean = squares.mean(axis=1)
    standard_error = np.sqrt(squares.var(axis=1, ddof=1) / n) / (2 * mean)
    lower = np.log(np.sqrt(mean)) - t.ppf(0.975, n - 1) * standard_error
    return (lower > np.log(TARGET)).mean()


for name, draw in DRAWS.items():
    for n in (30, 100, 300, 1000, 3000):
        windows = 6_000_000 // n
        worse = [missed(draw((windows, n)) * scale) for scale in (1.2, 1.5)]
        within_three = [1 - (1 - share) ** 3 for share in worse]
        in_vain = 365 * missed(draw((windows, n)))
        print(f"{name:9} {n:5} | 20 % {within_three[0]:4.0%} | 50 % {within_three[1]:4.0%} | {in_vain:.2f} a year")
