"""
Classification metrics: values from scikit-learn. Intervals: Wilson's from statsmodels; DeLong's variance from the m × n comparisons of
every pair (its definition, not the counts per score that the program uses), with Newcombe's as the least under 30 rows of a class; parametric bootstrap of the confusion counts with numpy,
200,000 draws, beside them the standard error of each end among sets of 1,000 draws; clustered errors from statsmodels' OLS on a constant
with cov_type="cluster", of each row's influence: its own for rates and losses, DeLong's placements for areas, and for functions of the
counts the derivative of scikit-learn's metric in the row's weight. Null is not measured.
"""

import warnings

import numpy as np
import statsmodels.api as sm
from scipy import stats
from sklearn import metrics
from statsmodels.stats.proportion import proportion_confint
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

random = np.random.default_rng(1988)
warnings.simplefilter("ignore")
z = stats.norm.ppf(0.975)


def clustered_half_width(terms, blocks):
    """t with 6 degrees of freedom; 0 where rows are not in seven blocks."""
    if blocks is None or len(set(blocks)) < 7:
        return 0.0
    fit = sm.OLS(terms, np.ones(len(terms))).fit(cov_type="cluster", cov_kwds={"groups": blocks})
    return stats.t.ppf(0.975, 6) * fit.bse[0]


def wilson(share, trials, clustered):
    row_wise = z * np.sqrt(share * (1 - share) / trials)
    if clustered > row_wise > 0:
        trials *= (row_wise / clustered) ** 2
    return list(proportion_confint(share * trials, trials, method="wilson"))


def proportion(successes, among, blocks):
    """Successes among some of the rows."""
    if not among.any():
        return [None, None]
    share = successes[among].mean()
    own = None if blocks is None else blocks[among]
    return [share, wilson(share, among.sum(), clustered_half_width(successes[among] - share, own))]


def newcombe(area, m, n):
    """Newcombe 2006, method 5: Hanley and McNeil's variance with both numbers of rows replaced by their mean."""
    q1, q2 = area / (2 - area), 2 * area**2 / (1 + area)
    mean = (m + n) / 2
    return (area * (1 - area) + (mean - 1) * (q1 - area**2) + (mean - 1) * (q2 - area**2)) / (m * n)


def area(truths, scores, blocks):
    """Of one class or the mean of several, each with the truth and the score of every row."""
    areas, errors, terms, fewest = [], [], 0, len(truths[0])
    for truth, score in zip(truths, scores):
        m, n = truth.sum(), (~truth).sum()
        if m == 0 or n == 0:
            return [None, None]
        beats = np.sign(score[truth][:, None] - score[~truth][None, :]) / 2 + 0.5
        areas.append(metrics.roc_auc_score(truth, score))
        assert abs(areas[-1] - beats.mean()) < 1e-12
        fewest = min(fewest, m, n)
        if m > 1 and n > 1:
            variance = beats.mean(1).var(ddof=1) / m + beats.mean(0).var(ddof=1) / n
            if min(m, n) < 30:
                variance = max(variance, newcombe(areas[-1], m, n))
            errors.append(np.sqrt(variance))
        else:
            errors.append(np.inf)
        own = np.empty(len(truth))
        own[truth] = (beats.mean(1) - areas[-1]) / m
        own[~truth] = (beats.mean(0) - areas[-1]) / n
        terms = terms + own * len(truth) / len(truths)
    value, error = np.mean(areas), np.mean(errors)
    trials = value * (1 - value) / max(error**2, 1e-300)
    trials = min(max(trials, fewest), len(truths[0]))
    lower, upper = wilson(value, trials, clustered_half_width(terms, blocks))
    return [value, [max(0, lower), min(1, upper)]]


def loss(value, terms, blocks, greatest=np.inf):
    n = len(terms)
    if n < 2:
        return [value, None]
    reach = max(stats.t.ppf(0.975, n - 1) * DescrStatsW(terms).std_mean, clustered_half_width(terms, blocks))
    return [value, [value * np.exp(-reach / value), min(greatest, value * np.exp(reach / value))]]


def calibration_error(probability, true):
    bins = np.clip(np.ceil(probability * 10) - 1, 0, 9)
    gaps = [np.abs(probability[bins == b].sum() - true[bins == b].sum()) for b in np.unique(bins)]
    return sum(gaps) / len(true)


def counted(of, vectorised, y, predicted, blocks, bounds, n_sets=200, draws=1000):
    """A function of the counts: value, interval, and the standard error of its ends among sets of 1,000 draws."""
    value = of(y, predicted, np.ones(len(y)))
    if value is None or not np.isfinite(value):
        return [None, None, None]
    classes = np.unique(np.concatenate([y, predicted]))
    table = metrics.confusion_matrix(y, predicted, labels=classes)
    assert abs(vectorised(table[None])[0] - value) < 1e-12
    if min(table.sum(0).min(), table.sum(1).min()) < 10:
        return [value, None, None]
    n = len(y)
    drawn = random.multinomial(n, table.ravel() / n, n_sets * draws).reshape(-1, *table.shape)
    values = vectorised(drawn)
    clustered = 0.0
    if blocks is not None:
        step, terms = 1e-4, np.empty(n)
        for row in range(n):
            up, down = np.ones(n), np.ones(n)
            up[row] += step
            down[row] -= step
            terms[row] = n * (of(y, predicted, up) - of(y, predicted, down)) / (2 * step)
        clustered = clustered_half_width(terms, blocks)

    def ends(sample):
        lower, upper = np.quantile(sample, [0.025, 0.975])
        stretch = max(1.0, clustered / (stats.t.ppf(0.975, n - 1) * sample.std(ddof=1)))
        lower = value - stretch * max(0, value - lower)
        upper = value + stretch * max(0, upper - value)
        return max(bounds[0], lower), min(bounds[1], upper)

    sets = np.array([ends(sample) for sample in values.reshape(n_sets, draws)])
    return [value, list(ends(values)), sets.std(0, ddof=1).tolist()]


def parts(tables):
    right = np.diagonal(tables, axis1=1, axis2=2).astype(float)
    return right, tables.sum(2), tables.sum(1), tables.sum((1, 2))


def share(part, whole):
    return np.divide(part, whole, out=np.zeros(np.broadcast(part, whole).shape), where=whole != 0)


def correlation(tables):
    right, actual, given, n = parts(tables)
    top = right.sum(1) * n - (actual * given).sum(1)
    return top / np.sqrt(n**2.0 - (actual**2).sum(1)) / np.sqrt(n**2.0 - (given**2).sum(1))


def kappa(tables):
    right, actual, given, n = parts(tables)
    chance = (actual * given).sum(1)
    return (right.sum(1) * n - chance) / (n**2.0 - chance)


def recalls(tables):
    right, actual, _, _ = parts(tables)
    return share(right, actual).sum(1) / (actual > 0).sum(1)


def f1_of_last(tables):
    right, actual, given, _ = parts(tables)
    return 2 * right[:, -1] / (actual + given)[:, -1]


def averages(kind, weighted):
    def of(tables):
        right, actual, given, n = parts(tables)
        each = {
            "precision": lambda: share(right, given),
            "recall": lambda: share(right, actual),
            "f1": lambda: share(2 * right, actual + given),
        }[kind]()
        return (each * actual).sum(1) / n if weighted else each.mean(1)

    return of


def correlation_of(y, predicted, w):
    if len(set(y)) < 2 or len(set(predicted)) < 2:
        return None
    return metrics.matthews_corrcoef(y, predicted, sample_weight=w)


def kappa_of(y, predicted, w):
    if len(set(y) | set(predicted)) < 2:
        return None
    return metrics.cohen_kappa_score(y, predicted, sample_weight=w)


def shared(name, y, predicted, probabilities, blocks):
    return {
        "name": name,
        "label": y.tolist(),
        "prediction": predicted.tolist(),
        "probability": probabilities.tolist(),
        "block": None if blocks is None else blocks.tolist(),
    }


def binary(name, y, score, blocks=None, threshold=0.5):
    predicted = (score >= threshold).astype(int)
    positive, given = y == 1, predicted == 1
    every = np.ones(len(y), bool)
    both = positive.any() and (~positive).any()
    clipped = np.clip(score, np.finfo(float).eps, 1 - np.finfo(float).eps)
    losses = -np.log(np.where(positive, clipped, 1 - clipped))
    balanced = lambda a, b, w: metrics.balanced_accuracy_score(a, b, sample_weight=w) if both else None
    f1 = lambda a, b, w: metrics.f1_score(a, b, sample_weight=w) if (positive | given).any() else None
    expected = {
        "accuracy": proportion(y == predicted, every, blocks),
        "precision": proportion(positive, given, blocks),
        "recall": proportion(given, positive, blocks),
        "specificity": proportion(~given, ~positive, blocks),
        "selection_rate": proportion(given, every, blocks),
        "false_positive_rate": proportion(given, ~positive, blocks),
        "false_negative_rate": proportion(~given, positive, blocks),
        "roc_auc": area([positive], [score], blocks),
        "average_precision": [metrics.average_precision_score(y, score) if positive.any() else None, None],
        "log_loss": loss(metrics.log_loss(y, score, labels=[0, 1]), losses, blocks),
        "brier_score": loss(metrics.brier_score_loss(y, score, labels=[0, 1]), (score - y) ** 2, blocks, 2),
        "expected_calibration_error": [calibration_error(score, y), None],
        "balanced_accuracy": counted(balanced, recalls, y, predicted, blocks, [0, 1]),
        "f1": counted(f1, f1_of_last, y, predicted, blocks, [0, 1]),
        "matthews_correlation": counted(correlation_of, correlation, y, predicted, blocks, [-1, 1]),
        "cohen_kappa": counted(kappa_of, kappa, y, predicted, blocks, [-1, 1]),
    }
    for metric, of, there in [
        ("accuracy", metrics.accuracy_score, True),
        ("precision", metrics.precision_score, given.any()),
        ("recall", metrics.recall_score, positive.any()),
    ]:
        assert not there or abs(expected[metric][0] - of(y, predicted)) < 1e-12
    return {**shared(name, y, predicted, score, blocks), "expected": expected}


def multiclass(name, y, probabilities, blocks=None, given=None):
    """Classes are 0 … k − 1; the prediction is the likeliest where it is not given."""
    k = probabilities.shape[1]
    predicted = probabilities.argmax(1) if given is None else given
    truths = [y == c for c in range(k)]
    hot = np.stack(truths, 1).astype(float)
    clipped = np.clip(probabilities, np.finfo(float).eps, 1 - np.finfo(float).eps)
    losses = -np.log(clipped[np.arange(len(y)), y])
    squares = ((probabilities - hot) ** 2).sum(1)
    top = probabilities.max(1)
    labels = list(range(k))
    roc = area(truths, list(probabilities.T), blocks)
    if roc[0] is not None:
        sklearns = metrics.roc_auc_score(y, probabilities, multi_class="ovr", average="macro", labels=labels)
        assert abs(roc[0] - sklearns) < 1e-12
    balanced = lambda a, b, w: metrics.balanced_accuracy_score(a, b, sample_weight=w)
    expected = {
        "accuracy": proportion(y == predicted, np.ones(len(y), bool), blocks),
        "roc_auc_ovr_macro": roc,
        "log_loss": loss(metrics.log_loss(y, probabilities, labels=labels), losses, blocks),
        "brier_score": loss(
            metrics.brier_score_loss(y, probabilities, labels=labels, scale_by_half=False), squares, blocks, 2
        ),
        "expected_calibration_error": [calibration_error(top, y == probabilities.argmax(1)), None],
        "balanced_accuracy": counted(balanced, recalls, y, predicted, blocks, [0, 1]),
        "matthews_correlation": counted(correlation_of, correlation, y, predicted, blocks, [-1, 1]),
        "cohen_kappa": counted(kappa_of, kappa, y, predicted, blocks, [-1, 1]),
    }
    for kind, score in [
        ("precision", metrics.precision_score),
        ("recall", metrics.recall_score),
        ("f1", metrics.f1_score),
    ]:
        for average in ["macro", "weighted"]:
            of = lambda a, b, w, score=score, average=average: score(
                a, b, average=average, sample_weight=w, zero_division=0
            )
            weighted = average == "weighted"
            expected[f"{kind}_{average}"] = counted(of, averages(kind, weighted), y, predicted, blocks, [0, 1])
    return {
        **shared(name, y, predicted, probabilities, blocks),
        "expected": expected,
        "perClass": per_class(y, predicted, k),
    }


def per_class(y, predicted, k):
    """Precision, recall and f1 of each class with their denominators (of f1: rows that have or were given the class)."""
    precision, recall, f1, actual = metrics.precision_recall_fscore_support(
        y, predicted, labels=list(range(k)), zero_division=np.nan
    )
    result = []
    for c in range(k):
        given, union = int((predicted == c).sum()), int(((predicted == c) | (y == c)).sum())
        triple = [
            [precision[c] if given else None, given],
            [recall[c] if actual[c] else None, int(actual[c])],
            [f1[c] if union else None, union],
        ]
        result.append(triple)
    return result


def scores(n, blocks=None, dependence=0.0, digits=3, lift=1.5):
    shift = 0 if blocks is None else dependence * random.normal(0, 1, 7)[blocks]
    y = (random.uniform(size=n) < 0.4).astype(int)
    odds = random.normal(0, 1, n) + lift * (y - 0.5) + shift
    return y, np.round(1 / (1 + np.exp(-odds)), digits)


def probabilities(n, k, blocks=None, dependence=0.0, digits=3):
    y = random.choice(k, n, p=np.linspace(2, 1, k) / np.linspace(2, 1, k).sum())
    shift = 0 if blocks is None else dependence * random.normal(0, 1, (7, k))[blocks]
    odds = random.normal(0, 1, (n, k)) + 1.5 * np.eye(k)[y] + shift
    p = np.round(np.exp(odds) / np.exp(odds).sum(1, keepdims=True), digits)
    p[:, -1] = 1 - p[:, :-1].sum(1)
    return y, np.clip(np.round(p, digits), 0, 1)


def in_blocks(n):
    return np.sort(np.concatenate([np.arange(7), random.integers(0, 7, n - 7)]))


blocks, more = in_blocks(140), in_blocks(210)
apart = np.concatenate([np.linspace(0.05, 0.4, 15), np.linspace(0.6, 0.9, 15)])
write(
    "classes",
    {
        "binary": [
            binary("80 rows", *scores(80)),
            binary("many ties", *scores(140, digits=1)),
            binary("independent blocks", *scores(140, blocks), blocks),
            binary("dependent blocks, ties", *scores(210, more, 1.5, digits=2), more),
            binary("separated", np.repeat([0, 1], 15), apart),
            binary("separated the wrong way round", np.repeat([1, 0], 15), apart),
            binary("positives alone", np.ones(12, int), np.linspace(0.2, 0.9, 12)),
            binary("negatives alone, never selected", np.zeros(12, int), np.linspace(0.01, 0.4, 12)),
            binary("never selected", *scores(60), threshold=2),
            binary("constant score", np.tile([0, 1, 1], 10), np.full(30, 0.7)),
            binary("3 rows", np.array([1, 0, 1]), np.array([0.8, 0.3, 0.4])),
            binary("one positive", np.array([1, 0, 0, 0, 0]), np.array([0.8, 0.3, 0.9, 0.2, 0.8])),
            binary("certain scores", np.tile([0, 1, 1, 0, 1], 8), np.tile([0.0, 1.0, 0.5, 1.0, 0.0], 8)),
        ],
        "multiclass": [
            multiclass("90 rows", *probabilities(90, 3)),
            multiclass("ties", *probabilities(150, 4, digits=1)),
            multiclass("dependent blocks", *probabilities(210, 3, more, 1.0), more),
            multiclass("independent blocks", *probabilities(140, 3, blocks), blocks),
            multiclass("a class never predicted", *probabilities(60, 3), given=np.tile([0, 1], 30)),
            multiclass("a class that never occurs", np.tile([0, 1], 30), probabilities(60, 3)[1]),
            multiclass("one class alone", np.zeros(12, int), np.tile([[0.8, 0.1, 0.1], [0.5, 0.3, 0.2]], (6, 1))),
            multiclass("3 rows", *probabilities(3, 3)),
        ],
    },
)
