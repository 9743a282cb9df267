"""Tails and quantiles from scipy.stats: upper tails by sf, quantiles by ppf."""

from scipy import stats

from oracle import write

degrees = [1, 2, 3.5, 6, 29, 299, 10_000]
write(
    "distributions",
    {
        "normalUpperTail": [[z, stats.norm.sf(z)] for z in [-8, -1.5, 0, 0.3, 1.96, 5, 8, 20]],
        "normalQuantile": [[p, stats.norm.ppf(p)] for p in [1e-12, 0.001, 0.025, 0.3, 0.5, 0.8, 0.975, 0.9995]],
        "studentUpperTail": [[t, df, stats.t.sf(t, df)] for df in degrees for t in [-2, 0, 1e-9, 1e-8, 0.1, 1, 2.5, 8, 40, 1e6]],
        "studentQuantile": [[p, df, stats.t.ppf(p, df)] for df in degrees for p in [0.001, 0.3, 0.45, 0.5, 0.52, 0.6, 0.975, 0.999]],
        "chiSquaredUpperTail": [[x, df, stats.chi2.sf(x, df)] for df in [1, 2, 9, 100] for x in [0, 0.01, 1, 10, 80, 400]],
        "betaQuantile": [
            [p, a, b, stats.beta.ppf(p, a, b)]
            for p in [0.025, 0.5, 0.975]
            for a, b in [(1, 1), (0.5, 3), (3, 298), (1, 30), (5000, 5001), (30, 1)]
        ],
        "kolmogorovUpperTail": [
            [x, stats.kstwobign.sf(x)] for x in [0, 0.1, 0.3, 0.5, 0.8276, 0.999, 1, 1.001, 1.3581, 1.9495, 3, 6, 12]
        ],
    },
)
