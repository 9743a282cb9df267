"""
Regression metrics: values from scikit-learn; row-wise and clustered standard errors from statsmodels' OLS on a constant (HC1-free and
cov_type="cluster"); those of r2 and of the weighted percentage error by numeric differentiation in the rows' weights (infinitesimal
jackknife), of r2 by scikit-learn's own r2_score. Intervals of metrics that have none, and values that are not measured, are null.
"""

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

random = np.random.default_rng(1927)


def influences(of, n, step=1e-4):
    result = []
    for row in range(n):
        up, down = np.ones(n), np.ones(n)
        up[row] += step
        down[row] -= step
        result.append(n * (of(up) - of(down)) / (2 * step))
    return np.array(result)


def interval(value, terms, blocks, scale, factor=1.0):
    """The wider of row-wise (t, n - 1) and clustered (t, 6): of a value whose error is that of the mean of the terms."""
    n = len(terms)
    if n < 2 or (scale == "logarithm" and value == 0):
        return None
    reach = stats.t.ppf(0.975, n - 1) * DescrStatsW(terms).std_mean * factor
    if blocks is not None and len(set(blocks)) == 7:
        fit = sm.OLS(terms, np.ones(n)).fit(cov_type="cluster", cov_kwds={"groups": blocks})
        reach = max(reach, stats.t.ppf(0.975, 6) * fit.bse[0] * factor)
    if scale == "logarithm":
        return [value * np.exp(-reach / value), value * np.exp(reach / value)]
    return [value - reach, value + reach]


def case(name, y, predicted, blocks=None):
    e = predicted - y
    n = len(y)
    size = np.abs(e)
    mse = metrics.mean_squared_error(y, predicted)
    rmse = metrics.root_mean_squared_error(y, predicted)
    mae = metrics.mean_absolute_error(y, predicted)
    r2 = metrics.r2_score(y, predicted) if np.ptp(y) > 0 else None
    some = y != 0
    mape = metrics.mean_absolute_percentage_error(y[some], predicted[some]) if some.any() else None
    wape = size.sum() / np.abs(y).sum() if some.any() else None
    found = {
        "root_mean_squared_error": [rmse, interval(rmse, e**2, blocks, "logarithm", 0.5 / max(rmse, 1e-300))],
        "mean_squared_error": [mse, interval(mse, e**2, blocks, "logarithm")],
        "mean_absolute_error": [mae, interval(mae, size, blocks, "logarithm")],
        "mean_error": [e.mean(), interval(e.mean(), e, blocks, "identity")],
        "mean_absolute_percentage_error": [None, None],
        "weighted_absolute_percentage_error": [None, None],
        "median_absolute_error": [metrics.median_absolute_error(y, predicted), None],
        "max_error": [metrics.max_error(y, predicted), None],
        "r2": [r2, None],
    }
    if some.any():
        ratios = np.abs(e[some] / y[some])
        own = None if blocks is None else blocks[some]
        found["mean_absolute_percentage_error"] = [mape, interval(mape, ratios, own, "logarithm")]
        terms = influences(lambda w: (w * size).sum() / (w * np.abs(y)).sum(), n)
        found["weighted_absolute_percentage_error"] = [wape, interval(wape, terms, blocks, "logarithm")]
    if r2 is not None:
        terms = influences(lambda w: metrics.r2_score(y, predicted, sample_weight=w), n)
        lower, upper = interval(r2, terms, blocks, "identity")
        found["r2"] = [r2, [lower, min(1.0, upper)]]
    return {
        "name": name,
        "label": y.tolist(),
        "prediction": predicted.tolist(),
        "block": None if blocks is None else blocks.tolist(),
        "expected": found,
    }


def rows(n, blocks, dependence):
    y = np.round(random.gamma(4, 5, n) + 1000, 3)
    noise = random.normal(0, 3, n)
    if blocks is not None:
        noise = noise + dependence * random.normal(0, 3, 7)[blocks]
    return y, np.round(y + noise + 0.4, 3)


def blocked(name, n, dependence):
    blocks = np.sort(np.concatenate([np.arange(7), random.integers(0, 7, n - 7)]))
    return case(name, *rows(n, blocks, dependence), blocks)


def with_zeros(name, n, blocks=None):
    """Labels and errors of both signs, some of them 0, with ties."""
    y = np.round(random.normal(0, 2, n))
    return case(name, y, y + np.round(random.normal(0, 1, n)), blocks)


numbers = np.arange(5.0)
write(
    "performance",
    {
        "cases": [
            case("30 rows", *rows(30, None, 0)),
            case("2 rows", *rows(2, None, 0)),
            case("3 rows", *rows(3, None, 0)),
            case("80 rows", *rows(80, None, 0)),
            blocked("independent blocks", 60, 0.0),
            blocked("dependent blocks", 100, 1.0),
            blocked("very dependent blocks", 70, 3.0),
            with_zeros("labels of 0 and ties", 40),
            with_zeros("labels of 0, in blocks", 140, np.repeat(np.arange(7), 20)),
            case("a block without rows", *rows(60, None, 0), np.repeat(np.arange(6), 10)),
            case("constant labels", np.full(12, 1012.5), 1012.5 + np.array([-1, 2, 0.5] * 4)),
            case("labels of 0 alone", np.zeros(5), numbers - 2),
            case("a perfect fit", numbers + 1, numbers + 1),
            case("heavy tails", numbers**3 + 1, numbers**4),
        ]
    },
)
