"""
The story's cars (node_modules/vega-datasets/data/cars.json): scikit-learn's least squares on 1970-73, then windows of three model years.
"""

import json
import pathlib

import numpy as np
from scipy import integrate, stats
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error
from statsmodels.stats.weightstats import DescrStatsW

from oracle import write

features = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
path = pathlib.Path(__file__).parents[2] / "node_modules/vega-datasets/data/cars.json"
cars = [
    car
    for car in json.loads(path.read_text())
    if all(car[name] is not None for name in [*features, "Miles_per_Gallon"])
]
year = np.array([int(car["Year"][:4]) for car in cars])
x = np.array([[car[name] for name in features] for car in cars], dtype=float)
y = np.array([car["Miles_per_Gallon"] for car in cars], dtype=float)
origin = np.array([car["Origin"] for car in cars])
model = LinearRegression().fit(x[year <= 1973], y[year <= 1973])
predicted = model.predict(x)



def spread_p_value(errors, gap):
    """P(largest - smallest >= gap) of independent normals about one mean: the smallest is i at u, all others within u + gap."""

    def density(u):
        shares = stats.norm.cdf((u + gap) / errors) - stats.norm.cdf(u / errors)
        return sum(
            stats.norm.pdf(u / errors[i]) / errors[i] * np.delete(shares, i).prod() for i in range(len(errors))
        )

    return 1 - integrate.quad(density, -10 * max(errors), 10 * max(errors), epsabs=1e-12, limit=500)[0]


windows = []
for last in [1974, 1975, 1977, 1978, 1979, 1980, 1982]:
    inside = (year > 1973) & (year > last - 3) & (year <= last)
    a, p = y[inside], predicted[inside]
    n = int(inside.sum())
    rmse = root_mean_squared_error(a, p)
    reach = stats.t.ppf(0.975, n - 1) * DescrStatsW((p - a) ** 2).std_mean / (2 * rmse * rmse)
    members = [origin[inside] == name for name in np.unique(origin[inside])]
    by_origin = [mean_absolute_error(a[own], p[own]) for own in members]
    errors = np.array([DescrStatsW(np.abs(p - a)[own]).std_mean for own in members])
    gap = max(by_origin) - min(by_origin)
    windows.append(
        {
            "year": last,
            "rows": n,
            "rootMeanSquaredError": rmse,
            "interval": [rmse * np.exp(-reach), rmse * np.exp(reach)],
            "gap": gap,
            "smallestGroup": min(int(own.sum()) for own in members),
            "pValue": spread_p_value(errors, gap),
        }
    )
write(
    "cars",
    {
        "baseline": root_mean_squared_error(y[year <= 1973], predicted[year <= 1973]),
        "windows": windows,
    },
)
