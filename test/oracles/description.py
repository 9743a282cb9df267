"""Quantiles, means, deviations and decile shares of columns counted in the fine bins of a reference."""

import numpy as np

from oracle import write

random = np.random.default_rng(1821)
shares = [0.05, 0.25, 0.5, 0.75, 0.95]


def fine_edges(reference):
    """The k/200 quantiles (type 7), the double below the least; with at most 200 values each of them and the double below it."""
    values = np.unique(reference)
    edges = {np.nextafter(values[0], -np.inf), values[-1], *np.quantile(reference, np.arange(1, 200) / 200)}
    if len(values) <= 200:
        edges |= {edge for value in values for edge in (np.nextafter(value, -np.inf), value)}
    return np.array(sorted(edges))


def summary(values, edges):
    return {
        "n": len(values),
        "mean": values.mean(),
        "m2": ((values - values.mean()) ** 2).sum(),
        "min": values.min(),
        "max": values.max(),
        "counts": np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1).tolist(),
    }


def case(reference, current):
    edges = fine_edges(reference)
    deciles = np.unique(np.quantile(reference, np.arange(1, 10) / 10))
    bins = [-np.inf, *deciles, np.inf]
    place = lambda values: np.searchsorted(deciles, values, side="left")
    return {
        "edges": edges.tolist(),
        "deciles": [int(np.flatnonzero(edges == decile)[0]) for decile in deciles],
        "reference": summary(reference, edges),
        "current": summary(current, edges),
        "standardDeviation": current.std(ddof=1),
        "quantiles": {str(q): np.quantile(current, q, method="inverted_cdf") for q in shares},
        "distribution": (np.bincount(place(current), minlength=len(bins) - 1) / len(current)).tolist(),
        "exact": len(np.unique(reference)) <= 200 and set(current) <= set(reference),
    }


few = lambda size, low, high: random.integers(low, high, size).astype(float)
write(
    "description",
    {
        "columns": [
            case(few(400, 1, 9), few(120, 1, 9)),
            case(random.normal(10, 2, 4000), random.normal(11, 3, 2500)),
            case(random.lognormal(0, 1, 1000), random.lognormal(0.3, 1, 90)),
            case(few(50, 1, 40), np.array([3.0, 3.0, 17.0])),
        ]
    },
)
