"""Gaps between groups from fairlearn; for two groups the exact p-value and interval from scipy's normal distribution."""

import numpy as np
from fairlearn.metrics import MetricFrame
from scipy import stats
from sklearn.metrics import mean_absolute_error
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

random = np.random.default_rng(1995)


def case(sizes, bias):
    group = np.repeat([f"g{index}" for index in range(len(sizes))], sizes)
    y = np.round(random.normal(20, 5, len(group)), 3)
    predicted = np.round(y + random.normal(0, 2, len(group)) + np.repeat(bias, sizes), 3)
    frame = MetricFrame(metrics=mean_absolute_error, y_true=y, y_pred=predicted, sensitive_features=group)
    result = {
        "group": group.tolist(),
        "label": y.tolist(),
        "prediction": predicted.tolist(),
        "byGroup": frame.by_group.to_dict(),
        "difference": frame.difference(method="between_groups"),
    }
    if len(sizes) == 2:
        errors = [DescrStatsW(np.abs(predicted - y)[group == name]).std_mean for name in ("g0", "g1")]
        error = np.hypot(*errors)
        reach = stats.norm.ppf(0.975) * error
        result["pValue"] = 2 * stats.norm.sf(result["difference"] / error)
        result["interval"] = [max(0, result["difference"] - reach), result["difference"] + reach]
    return result


write("fairness", {"cases": [case([40, 60], [0, 1]), case([30, 30], [0, 0.2]), case([25, 50, 30, 20], [0, 0, 3, 1]), case([20, 20, 20], [0, 0, 0])]})
