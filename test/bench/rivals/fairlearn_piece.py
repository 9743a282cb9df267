"""Fairlearn: metrics by group and their differences, without its bootstrap (five draws cost four times as much again)."""

from fairlearn.metrics import (
    MetricFrame,
    false_positive_rate,
    selection_rate,
    true_positive_rate,
)
from measured import CUTS, main, read
from sklearn.metrics import (
    accuracy_score,
    f1_score,
    log_loss,
    precision_score,
    roc_auc_score,
)

ANSWERS = {
    "accuracy": accuracy_score,
    "precision": precision_score,
    "f1": f1_score,
    "selection_rate": selection_rate,
    "true_positive_rate": true_positive_rate,
    "false_positive_rate": false_positive_rate,
}


def losses(actual, score):
    return log_loss(actual, score, labels=[0, 1])


SCORES = {"roc_auc": roc_auc_score, "log_loss": losses}


def scored(folder):
    def run():
        rows = read(folder, "scored")
        for attribute in CUTS:
            for metrics, column in ((ANSWERS, "answer"), (SCORES, "p")):
                frame = MetricFrame(
                    metrics=metrics,
                    y_true=rows["y"],
                    y_pred=rows[column],
                    sensitive_features=rows[attribute],
                )
                frame.overall, frame.by_group, frame.difference()

    return run


main({"scored": scored})
