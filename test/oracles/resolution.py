"""Where sums and bins lose digits: R² of labels far from 0, average precision and area of scores that lie close together.

Rows are made from whole numbers, so that the tests make the same ones.
"""

import numpy as np
from oracle import write
from scipy import stats
from sklearn import metrics


def labelled(level, deviation, n=900):
    """Labels about a level with predictions that miss them by some of their deviation."""
    i = np.arange(n)
    label = level + deviation * ((i * 7919) % 1009 / 504.5 - 1)
    return label, label + deviation * ((i * 104729) % 997 / 997 - 0.45)


def r2(level, deviation):
    y, p = labelled(0, deviation)
    errors, squares = (p - y) ** 2, (y - y.mean()) ** 2
    share = errors.mean() / squares.mean()
    influence = -(errors - share * squares) / squares.mean()
    reach = stats.t.ppf(0.975, len(y) - 1) * np.sqrt((influence**2).sum() / (len(y) - 1) / len(y))
    value = metrics.r2_score(y, p)
    return {"level": level, "deviation": deviation, "value": value, "lower": value - reach, "upper": value + reach}


def scored(low, width, n=4999):
    i = np.arange(1, n + 1)
    rank = (i * 7919) % (n + 1) / (n + 1)
    return (i * 104729) % 997 / 997 < 0.4 * rank, low + width * rank


def curve(low, width):
    positive, _ = scored(low, width)
    # The order is all that counts, and the doubles are too near for it.
    _, rank = scored(0, 1)
    return {
        "low": low,
        "width": width,
        "average_precision": metrics.average_precision_score(positive, rank),
        "roc_auc": metrics.roc_auc_score(positive, rank),
    }


write(
    "resolution",
    {
        "r2": [r2(*at) for at in [(101325, 10), (101325, 0.1), (1.7e9, 3600), (-1e6, 1), (300, 1)]],
        "curves": [curve(*at) for at in [(0, 1), (0.3, 0.4), (0.499, 0.002), (0, 1e-6), (0.9999995, 4e-7)]],
    },
)
