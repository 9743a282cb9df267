"""
Regression metrics: values from scikit-learn; row-wise and clustered standard errors from statsmodels' OLS on a constant (HC1-free and
cov_type="cluster"); those of r2 by numeric differentiation of scikit-learn's own r2_score in the rows' weights (infinitesimal jackknife).
"""

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

random = np.random.default_rng(1927)


def influences_of_r2(y, predicted):
    n, step = len(y), 1e-4
    result = []
    for row in range(n):
        up, down = np.ones(n), np.ones(n)
        up[row] += step
        down[row] -= step
        slope = metrics.r2_score(y, predicted, sample_weight=up) - metrics.r2_score(y, predicted, sample_weight=down)
        result.append(n * slope / (2 * step))
    return np.array(result)


def errors(terms, blocks):
    """Row-wise and clustered standard error of the mean of the terms."""
    row_wise = DescrStatsW(terms).std_mean
    if blocks is None:
        return row_wise, None
    fit = sm.OLS(terms, np.ones(len(terms))).fit(cov_type="cluster", cov_kwds={"groups": blocks})
    return row_wise, fit.bse[0]


def interval(value, pair, n, scale, factor=1.0):
    row_wise, clustered = pair
    reach = stats.t.ppf(0.975, n - 1) * row_wise * factor
    if clustered is not None:
        reach = max(reach, stats.t.ppf(0.975, 6) * clustered * factor)
    if scale == "logarithm":
        return [value * np.exp(-reach / value), value * np.exp(reach / value)]
    return [value - reach, value + reach]


def case(y, predicted, blocks=None):
    e = predicted - y
    n = len(y)
    rmse = metrics.root_mean_squared_error(y, predicted)
    mae = metrics.mean_absolute_error(y, predicted)
    r2 = metrics.r2_score(y, predicted)
    lower, upper = interval(r2, errors(influences_of_r2(y, predicted), blocks), n, "identity")
    return {
        "label": y.tolist(),
        "prediction": predicted.tolist(),
        "block": None if blocks is None else blocks.tolist(),
        "root_mean_squared_error": [rmse, interval(rmse, errors(e**2, blocks), n, "logarithm", 1 / (2 * rmse))],
        "mean_absolute_error": [mae, interval(mae, errors(np.abs(e), blocks), n, "logarithm")],
        "mean_error": [e.mean(), interval(e.mean(), errors(e, blocks), n, "identity")],
        "r2": [r2, [lower, min(1.0, upper)]],
    }


def rows(n, blocks, dependence):
    y = np.round(random.gamma(4, 5, n) + 1000, 3)
    noise = random.normal(0, 3, n)
    if blocks is not None:
        noise = noise + dependence * random.normal(0, 3, 7)[blocks]
    return y, np.round(y + noise + 0.4, 3)


def blocked(n, dependence):
    blocks = np.sort(np.concatenate([np.arange(7), random.integers(0, 7, n - 7)]))
    return case(*rows(n, blocks, dependence), blocks)


write(
    "performance",
    {
        "cases": [
            case(*rows(30, None, 0)),
            case(*rows(2, None, 0)),
            case(*rows(80, None, 0)),
            blocked(60, 0.0),
            blocked(100, 1.0),
            blocked(70, 3.0),
        ]
    },
)
