"""Sums of losses, calibration and areas that outcomes must give: scikit-learn on small tables of classes with ties and missing values."""

import numpy as np
from sklearn import metrics

from oracle import write

random = np.random.default_rng(20261123)


def binary(n, share, decimals):
    label = (random.random(n) < share).astype(int)
    score = 1 / (1 + np.exp(-(random.normal(size=n) + 2 * label - 1)))
    score = score if decimals is None else np.round(score, decimals)
    each = -np.log(np.clip(np.where(label == 1, score, 1 - score), 2**-52, 1 - 2**-52))
    edges = np.linspace(0, 1, 11)
    place = np.clip(np.searchsorted(edges, score, side="left") - 1, 0, 9)
    return {
        "label": label.tolist(),
        "score": score.tolist(),
        "log_loss": metrics.log_loss(label, score, labels=[0, 1]),
        "log_loss_squares": float((each**2).sum()),
        "brier_score": metrics.brier_score_loss(label, score),
        "brier_squares": float(((score - label) ** 4).sum()),
        "roc_auc": metrics.roc_auc_score(label, score),
        "confusion": metrics.confusion_matrix(label, score >= 0.5, labels=[0, 1]).tolist(),
        "calibration_n": np.bincount(place, minlength=10).tolist(),
        "calibration_predicted": np.bincount(place, weights=score, minlength=10).tolist(),
        "calibration_observed": np.bincount(place, weights=label, minlength=10).tolist(),
    }


def several(n, classes, off=0.0):
    k = len(classes)
    label = random.integers(0, k, n)
    raw = np.exp(random.normal(size=(n, k)) + 2 * np.eye(k)[label])
    score = raw / raw.sum(axis=1, keepdims=True)
    given = score * (1 - off * random.random((n, 1)))
    top = given.argmax(axis=1)
    high = given.max(axis=1)
    place = np.clip(np.searchsorted(np.linspace(0, 1, 11), high, side="left") - 1, 0, 9)
    names = np.array(classes)
    return {
        "classes": classes,
        "label": names[label].tolist(),
        "scores": given.tolist(),
        # Of probabilities that do not sum to 1 scikit-learn warns, and takes them as they are.
        "log_loss": metrics.log_loss(label, given, labels=range(k)),
        "brier_score": metrics.brier_score_loss(label, given, labels=range(k), scale_by_half=False),
        "roc_auc": [metrics.roc_auc_score(label == i, given[:, i]) for i in range(k)],
        "confusion": metrics.confusion_matrix(label, top, labels=range(k)).tolist(),
        "calibration_n": np.bincount(place, minlength=10).tolist(),
        "calibration_predicted": np.bincount(place, weights=high, minlength=10).tolist(),
        "calibration_observed": np.bincount(place, weights=top == label, minlength=10).tolist(),
    }


if __name__ == "__main__":
    write(
        "outcomes",
        {
            "binary": [binary(40, 0.4, None), binary(300, 0.1, 2), binary(200, 0.5, 1), binary(2500, 0.3, None)],
            "several": [several(60, ["a", "b", "c"]), several(200, ["x, y", "it's", "日本", "z"]), several(80, ["1", "2"], 0.2)],
        },
    )
