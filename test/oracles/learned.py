"""What is learned from the reference's own windows, and trends: scipy's Student quantiles, statsmodels' weighted least squares."""

import numpy as np
import statsmodels.api as sm
from scipy import special, stats
from scipy.spatial import distance

from oracle import write

random = np.random.default_rng(20261124)


def bound(values, tail):
    count = len(values)
    reach = stats.t.isf(tail, count - 1) * np.std(values, ddof=1) * np.sqrt(1 + 1 / count)
    return np.mean(values) + reach


def left_out(windows, score):
    total = np.sum(windows, axis=0)
    return np.array([score(total - own, own) for own in windows])


def shares(p, q):
    return p / p.sum(), q / q.sum()


def psi(p, q):
    a, b = shares(p, q)
    return special.rel_entr(a, b).sum() + special.rel_entr(b, a).sum()


def kullback_leibler(p, q):
    a, b = shares(p, q)
    return stats.entropy(b, a)


def jensen_shannon(p, q):
    return distance.jensenshannon(*shares(p, q), base=2)


# Windows that differ more than chance: each has its own shares.
windows = np.array([random.multinomial(400, random.dirichlet([60, 30, 20, 10])) for _ in range(14)])
numbers = [np.round(random.normal(random.normal(50, 2), 10, 90), 3) for _ in range(12)]


def mean_difference(own, others):
    return (own.mean() - others.mean()) / others.std(ddof=1)


means = [
    mean_difference(own, np.concatenate([other for other in numbers if other is not own])) for own in numbers
]


def trend(x, y, weights, at, least=0.0):
    model = sm.WLS(y, sm.add_constant(x), weights=weights)
    fit = model.fit()
    if fit.scale < least:
        fit = model.fit(cov_type="fixed scale", cov_kwds={"scale": least})
    row = fit.get_prediction(sm.add_constant(np.array([at, at + 1]))).summary_frame(alpha=0.05).iloc[0]
    reach = stats.t.isf(0.025, len(x) - 2) * row["mean_se"]
    return {
        "x": list(x),
        "y": list(y),
        "weights": list(weights),
        "at": at,
        "least": least,
        "value": row["mean"],
        "reach": reach,
        "slope": fit.params[1],
    }


times = np.arange(-16.0, 1)
gaps = np.array([-27.0, -26, -20, -19, -11, -10, -9, -3, 0])

write(
    "learned",
    {
        "predictionBound": [
            {"values": values.tolist(), "tail": tail, "bound": bound(values, tail)}
            for values, tail in [
                (random.normal(0.2, 0.03, 10), 0.001),
                (random.normal(-5, 2, 40), 0.00135),
                (np.array([0.1] * 9 + [0.4]), 0.001),
            ]
        ],
        "categories": {
            "windows": windows.tolist(),
            "limits": {
                "psi": bound(np.sqrt(left_out(windows, psi)), 0.001) ** 2,
                "kullback_leibler": bound(np.sqrt(left_out(windows, kullback_leibler)), 0.001) ** 2,
                "jensen_shannon": bound(left_out(windows, jensen_shannon), 0.001),
            },
        },
        "numbers": {
            "windows": [own.tolist() for own in numbers],
            "meanDifference": {"up": bound(means, 0.001), "down": bound(np.negative(means), 0.001)},
        },
        "trends": [
            trend(times, 3 + 0.05 * times + random.normal(0, 0.1, 17), np.full(17, 300.0), 7.0),
            trend(gaps, 1 - 0.02 * gaps + random.normal(0, 0.05, 9), random.integers(50, 500, 9).astype(float), 3.5),
            trend(times, 3 + 0.05 * times, np.full(17, 300.0), 7.0, least=2.25),
            trend(times, np.log(4 + random.normal(0, 0.2, 17)), random.integers(10, 90, 17).astype(float), 1.0, least=0.01),
        ],
    },
)
