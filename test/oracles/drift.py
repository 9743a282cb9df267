"""Drift of raw columns: scores by scipy over bins made by numpy, exact distances of the raw values, p-values."""

import numpy as np
from scipy import special, stats
from scipy.spatial import distance
from scipy.stats import contingency

from oracle import write

random = np.random.default_rng(20261123)


def numbers(values):
    """Numbers as text, for JSON knows no infinity."""
    return " ".join("null" if value is None else repr(float(value)) for value in values)


def finite(values):
    return np.array([value for value in values if value is not None and np.isfinite(value)])


def fine_edges(values):
    """Quantiles k/200, the least value and the double just below it; a bin of its own for each of few or repeated values."""
    at = np.quantile(values, np.arange(201) / 200)
    distinct = np.unique(values)
    own = distinct if len(distinct) <= 200 else at[1:][at[1:] == at[:-1]]
    edges = {np.nextafter(at[0], -np.inf), *at[1:], *own, *np.nextafter(own, -np.inf)}
    deciles = [np.nextafter(at[0], -np.inf), at[0]] if len(distinct) == 1 else np.unique(at[20:200:20])
    return np.array(sorted(edges)), np.array(deciles)


def counts(values, edges):
    """Rows in (a, b], the ends open."""
    return np.bincount(np.searchsorted(edges, values, side="left"), minlength=len(edges) + 1)


def merge_sparse(p, q):
    """Neighbours, left to right, until 5 rows of q are expected; the remainder into the last."""
    merged, pending = [], np.zeros(2)
    for cell in zip(p, q):
        pending = pending + cell
        if pending[0] * q.sum() / p.sum() >= 5:
            merged.append(pending)
            pending = np.zeros(2)
    if not merged:
        return np.array([pending])
    merged[-1] = merged[-1] + pending
    return np.array(merged)


def merge_rare(p, q):
    """The last cell is what the reference lacks or did not keep."""
    m, n = p.sum(), q.sum()
    both = p + q
    kept = p[:-1]
    least = max(5, kept.min() + 3 * np.sqrt(kept.min())) if p[-1] > 0 else 5
    named = [(p[i], q[i]) for i in range(len(kept)) if both[i] * m / (m + n) >= least]
    rare = np.array([p.sum() - sum(a for a, _ in named), q.sum() - sum(b for _, b in named)])
    merged, pending = [], np.zeros(2)
    for cell in sorted([rare, *np.array(named).reshape(-1, 2)], key=sum):
        pending = pending + cell
        if min(m, n) * pending.sum() / (m + n) >= 5:
            merged.append(pending)
            pending = np.zeros(2)
    if not merged:
        return np.array([pending])
    merged[-1] = merged[-1] + pending
    return np.array(merged)


def p_of(table):
    return None if len(table) < 2 else stats.chi2_contingency(table.T, correction=False).pvalue


def scores(p, q):
    """Of counts over the same cells."""
    held = (p + q) > 0
    p, q = p[held], q[held]
    m, n = p.sum(), q.sum()
    a, b = p / m, q / n
    # A count of 0 counts as 0.5 where a logarithm needs it; kl_div less its linear terms is rel_entr.
    a0, b0 = np.where(p == 0, 0.5 / m, a), np.where(q == 0, 0.5 / n, b)
    return {
        "psi": special.rel_entr(b0, a0).sum() + special.rel_entr(a0, b0).sum(),
        "jensen_shannon": distance.jensenshannon(a, b, base=2),
        "hellinger": distance.euclidean(np.sqrt(a), np.sqrt(b)) / np.sqrt(2),
        "total_variation": distance.cityblock(a, b) / 2,
        "kullback_leibler": stats.entropy(b, a) if (p > 0).all() else max(0, special.rel_entr(b, a0).sum()),
        "l_infinity": distance.chebyshev(a, b),
        "chi_squared": 0 if len(p) < 2 else contingency.association(np.array([p, q]), method="cramer", correction=False),
    }


def within(exact, between, p, q, edges, deviation):
    """Announced: 3.5 % or 0.008. Where the window has values between the few of the reference: half the rows of each bin, times its width."""
    if not between:
        return max(0.035 * exact, 0.008)
    shares = p[1:-1] / p.sum() + q[1:-1] / q.sum()
    return (np.diff(edges) * shares).sum() / 2 / deviation


def numeric(name, reference, current, between=False):
    x, y = finite(reference), finite(current)
    edges, deciles = fine_edges(x)
    p, q = counts(x, deciles), counts(y, deciles)
    cells = 3 if len(x) < 200 else 5 if len(x) < 600 else len(p)
    tested = deciles if len(p) <= cells else deciles[[(k + 1) * len(p) // cells - 1 for k in range(cells - 1)]]
    fine_p, fine_q = counts(x, edges), counts(y, edges)
    binned = np.abs(np.cumsum(fine_p) / len(x) - np.cumsum(fine_q) / len(y)).max()
    exact = stats.ks_2samp(x, y).statistic
    deviation = x.std(ddof=1)
    moved = stats.wasserstein_distance(x, y) / deviation if deviation > 0 else None
    found = scores(p, q)
    del found["l_infinity"]
    return {
        "name": name,
        "reference": numbers(reference),
        "current": numbers(current),
        "samples": len(y),
        "scores": found,
        "kolmogorov_smirnov": {"binned": binned, "exact": exact, "largestBin": fine_p.max() / len(x)},
        "wasserstein": moved,
        "wassersteinWithin": moved and within(moved, between, fine_p, fine_q, edges, deviation),
        "mean_difference": (y.mean() - x.mean()) / deviation if deviation > 0 else None,
        "pValues": {
            "chi_squared": p_of(merge_sparse(counts(x, tested), counts(y, tested))),
            "kolmogorov": stats.kstwobign.sf(np.sqrt(len(x) * len(y) / (len(x) + len(y))) * binned),
        },
    }


def categorical(name, reference, current, limit=100):
    present = [value for value in reference if value is not None]
    kept = sorted(set(present), key=lambda value: (-present.count(value), value))
    kept, rare = kept[:limit], kept[limit:]
    now = [value for value in current if value is not None]
    p = np.array([*(present.count(value) for value in kept), sum(value in rare for value in present)])
    q = np.array([*(now.count(value) for value in kept), sum(value not in kept for value in now)])
    return {
        "name": name,
        "reference": reference,
        "current": current,
        "limit": limit,
        "samples": len(now),
        "scores": scores(p, q),
        "pValues": {"chi_squared": p_of(merge_rare(p, q))},
    }


def rounded(values):
    return np.round(values, 4).tolist()


normal = rounded(random.normal(50, 10, 700))
skewed = rounded(random.lognormal(0, 1, 1200))
ratings = random.choice([1, 2, 3, 4, 5], 400, p=[0.05, 0.1, 0.2, 0.4, 0.25]).tolist()
amounts = [None if random.random() < 0.1 else value for value in rounded(random.gamma(2, 30, 520))]
with_faults = [None if random.random() < 0.3 else value for value in rounded(random.gamma(2, 36, 180))]
ids = np.round(random.normal(9e15, 1e12, 250)).tolist()
cities = [f"city {k}" for k in range(1, 41)]
zipf = 1 / np.arange(1, 41)
shops = random.choice(cities, 900, p=zipf / zipf.sum()).tolist()
moved = np.roll(zipf, 3)

write(
    "drift",
    {
        "numeric": [
            numeric("half a standard deviation", normal, rounded(random.normal(55, 10, 150))),
            numeric("no change", normal, rounded(random.normal(50, 10, 300))),
            numeric("skewed", skewed, rounded(random.lognormal(0.2, 1.1, 260))),
            numeric("ties", ratings, random.choice([1, 2, 3, 4, 5], 90, p=[0.15, 0.15, 0.2, 0.3, 0.2]).tolist()),
            numeric("ties and a value between", ratings, [*ratings[:60], *[4.5] * 9, 6, 6, 0], between=True),
            numeric("missing and infinite", amounts, [*with_faults, float("inf"), float("-inf"), None]),
            numeric("an outlier beside a shift", normal, [*rounded(random.normal(70, 10, 200)), 1e6]),
            numeric("all beyond", normal, rounded(random.normal(500, 10, 40))),
            numeric("constant, then not", [5] * 300, [5] * 30 + [4.9] * 6 + [5.1] * 4),
            numeric("constant, still", [5] * 300, [5] * 40),
            numeric("three rows", normal, [48.5, 61.25, 39.75]),
            numeric("one row", normal, [50.0]),
            numeric("a short reference", rounded(random.normal(0, 1, 120)), rounded(random.normal(0.4, 1, 400))),
            numeric("huge", ids, np.round(random.normal(9.0003e15, 1e12, 120)).tolist()),
        ],
        "categorical": [
            categorical("alike", ["a"] * 60 + ["b"] * 30 + ["c"] * 10, ["a"] * 33 + ["b"] * 11 + ["c"] * 6),
            categorical("unseen", ["a"] * 60 + ["b"] * 40, ["a"] * 25 + ["b"] * 15 + ["new"] * 12 + [None] * 3),
            categorical("vanished", ["a"] * 60 + ["b"] * 40 + ["c"] * 50, ["a"] * 30 + ["b"] * 25),
            categorical("one new row", ["u"] * 500 + ["v"] * 500, ["u"] * 100 + ["v"] * 100 + ["new"]),
            categorical("constant", ["a"] * 80, ["a"] * 20),
            categorical("long tail", shops, random.choice(cities, 240, p=moved / moved.sum()).tolist()),
            categorical("long tail, few kept", shops, random.choice(cities, 240, p=zipf / zipf.sum()).tolist(), 12),
            categorical("three rows", ["a"] * 60 + ["b"] * 40, ["b", "b", "a"]),
        ],
    },
)
