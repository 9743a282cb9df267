"""Gaps between groups from fairlearn's MetricFrame; p-values and intervals from scipy where they have a closed form, else from many draws."""

import warnings

import numpy as np
from fairlearn import metrics as fair
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

warnings.filterwarnings("ignore")
random = np.random.default_rng(1995)


def compared(metric, y, predicted, group):
    frame = fair.MetricFrame(metrics=metric, y_true=y, y_pred=predicted, sensitive_features=group)
    return {
        "difference": frame.difference(method="between_groups"),
        "ratio": frame.ratio(method="between_groups"),
    }


def regression(sizes, bias):
    group = np.repeat([f"g{index}" for index in range(len(sizes))], sizes)
    y = np.round(random.normal(20, 5, len(group)), 3)
    predicted = np.round(y + random.normal(0, 2, len(group)) + np.repeat(bias, sizes), 3)
    scored = {
        "mean_absolute_error": metrics.mean_absolute_error,
        "mean_squared_error": metrics.mean_squared_error,
        "root_mean_squared_error": metrics.root_mean_squared_error,
        "mean_absolute_percentage_error": metrics.mean_absolute_percentage_error,
        "weighted_absolute_percentage_error": lambda t, p: np.abs(t - p).sum() / np.abs(t).sum(),
        "max_error": metrics.max_error,
        "mean_error": lambda t, p: np.mean(p - t),
        "r2": metrics.r2_score,
    }
    result = {
        "group": group.tolist(),
        "label": y.tolist(),
        "prediction": predicted.tolist(),
        "measures": {name: compared(metric, y, predicted, group) for name, metric in scored.items()},
    }
    if len(sizes) == 2:
        errors = [np.abs(predicted - y)[group == name] for name in ("g0", "g1")]
        means = [error.mean() for error in errors]
        standard = [DescrStatsW(error).std_mean for error in errors]
        z = stats.norm.ppf(0.975)

        def closed_form(gap, error):
            return {"pValue": 2 * stats.norm.sf(gap / error), "interval": [max(0, gap - z * error), gap + z * error]}

        logarithm = closed_form(abs(np.log(means[0] / means[1])), np.hypot(standard[0] / means[0], standard[1] / means[1]))
        low, high = logarithm["interval"]
        result["difference"] = closed_form(abs(means[0] - means[1]), np.hypot(*standard))
        result["ratio"] = {"pValue": logarithm["pValue"], "interval": [np.exp(-high), np.exp(-low)]}
    return result


def rows_of(cells):
    """Columns of rows from [group, actual, predicted, rows]."""
    group, actual, predicted, rows = (np.array(column) for column in zip(*cells))
    return [np.repeat(column, rows) for column in (actual, predicted, group)]


def binary(cells):
    """Cells of predicted scores in steps of 0.05; a row is predicted positive from 0.5."""
    parts = []
    for group, positives, negatives in cells:
        for actual, rows, a, b in ((1, positives, 5, 3), (0, negatives, 2 + 0.3 * len(parts), 4)):
            scores = np.clip(np.round(random.beta(a, b, rows) / 0.05) * 0.05, 0.05, 0.95)
            parts.append((np.full(rows, group), np.full(rows, actual), scores))
    group, y, score = (np.concatenate([part[index] for part in parts]) for index in range(3))
    predicted = (score >= 0.5).astype(int)
    flipped = lambda metric: lambda t, p: metric(t, p, pos_label=0)
    labelled = {
        "accuracy": metrics.accuracy_score,
        "balanced_accuracy": metrics.balanced_accuracy_score,
        "precision": metrics.precision_score,
        "recall": metrics.recall_score,
        "specificity": flipped(metrics.recall_score),
        "f1": metrics.f1_score,
        "matthews_correlation": metrics.matthews_corrcoef,
        "cohen_kappa": metrics.cohen_kappa_score,
        "selection_rate": fair.selection_rate,
        "false_positive_rate": fair.false_positive_rate,
        "false_negative_rate": fair.false_negative_rate,
    }
    probable = {
        "roc_auc": metrics.roc_auc_score,
        "average_precision": metrics.average_precision_score,
        "log_loss": lambda t, p: metrics.log_loss(t, p, labels=[0, 1]),
        "brier_score": metrics.brier_score_loss,
    }
    measures = {name: compared(metric, y, predicted, group) for name, metric in labelled.items()}
    measures |= {name: compared(metric, y, score, group) for name, metric in probable.items()}
    for name in ("demographic_parity", "equal_opportunity", "equalized_odds"):
        measures[name] = {
            kind: getattr(fair, f"{name}_{kind}")(y, predicted, sensitive_features=group) for kind in ("difference", "ratio")
        }
    return {
        "group": group.tolist(),
        "actual": y.tolist(),
        "score": np.round(score, 2).tolist(),
        "measures": measures,
    }


def several(cells):
    y, predicted, group = rows_of(cells)
    averaged = lambda metric, average: lambda t, p: metric(t, p, average=average, zero_division=0)
    scored = {"accuracy": metrics.accuracy_score, "balanced_accuracy": metrics.balanced_accuracy_score}
    for average in ("macro", "weighted"):
        for name in ("precision", "recall", "f1"):
            scored[f"{name}_{average}"] = averaged(getattr(metrics, f"{name}_score"), average)
    return {
        "cells": [[*cell[:3], int(cell[3])] for cell in cells],
        "measures": {name: compared(metric, y, predicted, group) for name, metric in scored.items()},
    }


def rate_p_value(counts):
    """Two groups: every pair of counts, were the pooled rate true of both."""
    (s, n), (t, m) = counts
    pooled = (s + t) / (n + m)
    shares = np.outer(stats.binom.pmf(np.arange(n + 1), n, pooled), stats.binom.pmf(np.arange(m + 1), m, pooled))
    left, right = np.meshgrid(np.arange(n + 1) / n, np.arange(m + 1) / m, indexing="ij")
    low, high = np.minimum(left, right), np.maximum(left, right)
    ratios = np.divide(low, high, out=np.ones_like(low), where=high > 0)
    observed = sorted([s / n, t / m])
    # As in the draws: two ways to write one quotient are one number.
    return {
        "difference": shares[high - low >= observed[1] - observed[0] - 1e-12].sum(),
        "ratio": shares[ratios <= (observed[0] / observed[1] if observed[1] else 1) + 1e-12].sum(),
    }


def rate_errors(counts):
    """Half the Agresti-Coull interval over z, from the end that is not cut at 0 or 1, but with the real n under the root."""
    z = stats.norm.ppf(0.975)
    reaches = []
    for s, n in counts:
        low, high = proportion_confint(s, n, method="agresti_coull")
        centre = (s + z**2 / 2) / (n + z**2)
        reaches.append(max(centre - low, high - centre) / z * np.sqrt((n + z**2) / n))
    return reaches


rates = [
    {"counts": counts, "pValue": rate_p_value(counts), "standardErrors": rate_errors(counts)}
    for counts in ([[10, 40], [25, 60]], [[0, 30], [4, 45]], [[30, 30], [33, 35]], [[120, 400], [90, 410]], [[3, 100], [3, 100]])
]


def tail(draw, observed, count=400_000):
    values = draw(count)
    return (values >= observed - 1e-12).mean()


def f1_case(groups):
    """[true positives, false negatives, false positives, true negatives] a group; f1 of draws by the pooled rates."""
    groups = np.array(groups)
    tp, fn, fp, tn = groups.T
    hit, alarm = tp.sum() / (tp + fn).sum(), fp.sum() / (fp + tn).sum()
    value = lambda a, b: 2 * a / (a + b + tp + fn)

    def draw(count):
        drawn = value(random.binomial(tp + fn, hit, (count, len(tp))), random.binomial(fp + tn, alarm, (count, len(tp))))
        return np.ptp(drawn, axis=1)

    values = 2 * tp / (2 * tp + fn + fp)
    return {"groups": groups.tolist(), "difference": np.ptp(values), "pValue": tail(draw, np.ptp(values))}


def f1_macro_case(groups):
    """Confusions of three classes (actual by predicted); predictions of each actual class drawn by the pooled shares."""
    groups = np.array(groups)
    pooled = groups.sum(axis=0) / groups.sum(axis=(0, 2))[:, None]
    value = lambda m: np.mean([2 * m[..., i, i] / (m[..., i, :].sum(-1) + m[..., :, i].sum(-1)) for i in range(3)], axis=0)

    def draw(count):
        drawn = [np.stack([random.multinomial(row.sum(), shares, count) for row, shares in zip(own, pooled)], axis=1) for own in groups]
        return np.ptp([value(one) for one in drawn], axis=0)

    observed = np.ptp(value(groups))
    return {"groups": groups.tolist(), "difference": observed, "pValue": tail(draw, observed, 100_000)}


def odds_case(groups):
    """Equalized odds: both rates drawn, the larger of the two gaps."""
    groups = np.array(groups)
    tp, fn, fp, tn = groups.T
    hit, alarm = tp.sum() / (tp + fn).sum(), fp.sum() / (fp + tn).sum()

    def draw(count):
        gaps = [np.ptp(random.binomial(n, p, (count, len(n))) / n, axis=1) for n, p in ((tp + fn, hit), (fp + tn, alarm))]
        return np.maximum(*gaps)

    observed = max(np.ptp(tp / (tp + fn)), np.ptp(fp / (fp + tn)))
    return {"groups": groups.tolist(), "difference": observed, "pValue": tail(draw, observed)}


def trap():
    """Fair predictions; then 500 rows of a group without positives, and one row of a third group."""
    y, predicted = random.integers(0, 2, 20_000), random.integers(0, 2, 20_000)
    group = np.array(["a", "b"])[random.integers(0, 2, 20_000)]

    def answers(y, predicted, group):
        names = ("demographic_parity_difference", "demographic_parity_ratio", "equalized_odds_difference", "equal_opportunity_difference")
        return {name: getattr(fair, name)(y, predicted, sensitive_features=group) for name in names}

    def counted(y, predicted, group):
        cells = np.unique(np.stack([group, y.astype(str), predicted.astype(str)]), axis=1, return_counts=True)
        return [[*cell, int(count)] for cell, count in zip(cells[0].T.tolist(), cells[1])]

    cases = {"fair": (y, predicted, group)}
    cases["without_positives"] = (
        np.append(y, np.zeros(500, int)),
        np.append(predicted, random.integers(0, 2, 500)),
        np.append(group, ["c"] * 500),
    )
    cases["one_row"] = (np.append(y, 1), np.append(predicted, 0), np.append(group, "d"))
    return {name: {"cells": counted(*columns), "fairlearn": answers(*columns)} for name, columns in cases.items()}


def multiclass_cells(sizes, right):
    cells = []
    for group, rows in sizes.items():
        for actual in "abc":
            shares = [right if predicted == actual else (1 - right) / 2 for predicted in "abc"]
            cells += [[group, actual, predicted, count] for predicted, count in zip("abc", random.multinomial(rows, shares)) if count]
    return cells


write(
    "fairness",
    {
        "regression": [
            regression([40, 60], [0, 1]),
            regression([30, 30], [0, 0.2]),
            regression([25, 50, 30, 20], [0, 0, 3, 1]),
            regression([20, 20, 20], [0, 0, 0]),
        ],
        "binary": [
            binary([("north", 60, 90), ("south", 45, 50)]),
            binary([("a", 40, 40), ("b", 50, 80), ("c", 90, 35)]),
            binary([(f"{index}", 30, 30) for index in range(5)]),
        ],
        "multiclass": [
            several(multiclass_cells({"x": 40, "y": 60}, 0.7)),
            several(multiclass_cells({"x": 30, "y": 35, "z": 50}, 0.5)),
            several(multiclass_cells({"p": 33, "q": 34}, 0.95)),
        ],
        "rates": rates,
        "f1": [f1_case([[30, 10, 12, 60], [40, 30, 10, 70]]), f1_case([[50, 10, 20, 90], [40, 12, 22, 70], [35, 20, 25, 60]]), f1_case([[20, 20, 20, 20]] * 3)],
        "f1Macro": [
            f1_macro_case([[[40, 12, 8], [5, 50, 10], [9, 3, 30]], [[30, 15, 10], [12, 40, 20], [6, 14, 25]]]),
            f1_macro_case([[[20, 5, 6], [8, 22, 4], [7, 7, 19]], [[21, 6, 5], [9, 20, 5], [6, 8, 20]], [[18, 8, 9], [6, 25, 3], [9, 9, 15]]]),
            f1_macro_case([[[60, 0, 0], [10, 45, 5], [0, 5, 55]], [[55, 5, 0], [25, 30, 5], [0, 15, 45]]]),
        ],
        "equalizedOdds": [
            odds_case([[30, 10, 12, 60], [40, 30, 10, 70]]),
            odds_case([[50, 10, 20, 90], [40, 12, 22, 70], [35, 20, 25, 60]]),
            odds_case([[40, 10, 20, 30], [38, 12, 19, 31]]),
        ],
        "trap": trap(),
    },
)
