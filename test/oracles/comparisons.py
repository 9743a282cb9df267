"""Two samples counted over the same cells, adjusted p-values, bounds of proportions, spreads of groups."""

import numpy as np
from scipy import special, stats
from statsmodels.stats import multitest, proportion

from oracle import write

random = np.random.default_rng(20260722)


def psi(reference, current):
    # Both directions of the relative entropy together; no count is 0 here.
    p, q = np.array(reference) / sum(reference), np.array(current) / sum(current)
    return special.rel_entr(p, q).sum() + special.rel_entr(q, p).sum()


full = [
    ([100] * 10, [11, 9, 14, 8, 12, 10, 7, 13, 6, 10]),
    ([40, 30, 20, 10], [120, 20, 31, 29]),
    ([1000, 2000, 3000], [333, 666, 1001]),
    ([500, 500], [9, 41]),
    ([73, 61, 88, 79, 102], [60, 75, 84, 99, 82]),
]


def samples(m, n, shift, distinct):
    draw = lambda size, by: np.clip(np.round(random.normal(distinct / 2, distinct / 6, size) + by), 1, distinct)
    return draw(m, 0), draw(n, shift)


def cells(values, distinct):
    return [int((values == value).sum()) for value in range(1, distinct + 1)]


ks = []
for m, n, shift, distinct in [(500, 30, 0, 60), (300, 120, 12, 60), (2000, 900, 1, 150), (10, 10, 30, 30)]:
    x, y = samples(m, n, shift, distinct)
    statistic = stats.ks_2samp(x, y).statistic
    ks.append(
        {
            "reference": cells(x, distinct),
            "current": cells(y, distinct),
            "statistic": statistic,
            "pValue": stats.kstwobign.sf(np.sqrt(m * n / (m + n)) * statistic),
        }
    )

raw = [[0.01, 0.02, 0.03], [0.5, 0.001, 0.04, 0.04, 1.0], [0.3], [1e-20, 0.7, 0.2, 1e-5, 0.05, 0.9], [0.2, 0.2, 0.2]]

# Equal standard errors: the spread over the standard error is a studentized range with infinite degrees of freedom.
ranges = [
    {
        "groups": k,
        "standardError": error,
        "spread": d,
        "pValue": stats.studentized_range.sf(d / error, k, np.inf),
        "c": stats.studentized_range.ppf(0.95, k, np.inf) / np.sqrt(2),
    }
    for k, error, d in [(2, 0.5, 1.2), (3, 1.0, 2.0), (5, 2.0, 9.0), (10, 0.1, 0.45), (4, 1.0, 1.0)]
]

# Of 100 rows 50, 30, 10, 4, 3, 2 and 1 are expected; from the rarest upwards: 1 + 2 + 3, 4 + 10, 30, 50.
commonest_first = {"reference": [500, 300, 100, 40, 30, 20, 10], "current": [41, 30, 9, 2, 4, 6, 8]}
merged = [[60, 140, 300, 500], [18, 11, 30, 41]]

# Unequal standard errors have no closed form: two million draws.
values, errors = np.array([0.0, 2.0, 5.0, 5.5]), np.array([1.0, 3.0, 0.5, 0.7])
left, right = np.triu_indices(4, 1)
pair_errors = np.hypot(errors[left], errors[right])
drawn = random.normal(size=(2_000_000, 4)) * errors
largest = (np.abs(drawn[:, left] - drawn[:, right]) / pair_errors).max(axis=1)
c = np.quantile(largest, 0.95)
differences = np.abs(values[left] - values[right])
unequal = {
    "values": values.tolist(),
    "standardErrors": errors.tolist(),
    "pValue": (np.ptp(drawn, axis=1) >= 5.5).mean(),
    "interval": [max(0, (differences - c * pair_errors).max()), (differences + c * pair_errors).max()],
}

write(
    "comparisons",
    {
        "psi": [{"reference": p, "current": q, "score": psi(p, q)} for p, q in full],
        "psiWithEmptyCell": [
            # A count of 0 counts as 0.5; the others and the totals are unchanged.
            {
                "reference": [50, 50, 100],
                "current": [0, 10, 30],
                "score": special.kl_div([0.5 / 40, 10 / 40, 30 / 40], [0.25, 0.25, 0.5]).sum()
                + special.kl_div([0.25, 0.25, 0.5], [0.5 / 40, 10 / 40, 30 / 40]).sum(),
            }
        ],
        "homogeneity": [
            {"reference": p, "current": q, "pValue": stats.chi2_contingency([p, q], correction=False).pvalue}
            for p, q in full
        ],
        "kolmogorovSmirnov": ks,
        "benjaminiHochberg": [
            {
                "raw": p,
                "adjusted": stats.false_discovery_control(p, method="bh").tolist(),
                "statsmodels": multitest.multipletests(p, method="fdr_bh")[1].tolist(),
            }
            for p in raw
        ],
        "clopperPearsonLower": [
            [k, n, proportion.proportion_confint(k, n, alpha=0.05, method="beta")[0]]
            for k, n in [(0, 30), (1, 30), (2, 30), (30, 30), (1, 1), (37, 1200), (600_000, 1_000_000)]
        ],
        "spread": ranges,
        "unequalSpread": unequal,
        "rareCategories": {**commonest_first, "pValue": stats.chi2_contingency(merged, correction=False).pvalue},
    },
)
