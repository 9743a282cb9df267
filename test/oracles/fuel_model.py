"""The demo's model and story as scikit-learn and scipy see them.

python -m venv venv && venv/bin/pip install -r test/oracles/requirements.txt
venv/bin/python test/oracles/fuel_model.py > test/oracles/fuel-model.json
"""

import json
import sys
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy.stats import ks_2samp, kstwobign
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error, root_mean_squared_error

FEATURES = ["Cylinders", "Displacement", "Horsepower", "Weight_in_lbs", "Acceleration"]
CARS = json.loads((Path(__file__).parents[2] / "demo" / "cars.json").read_text())


def year(car):
    return int(car["Year"][:4])


def complete(car, names):
    return all(car[name] is not None for name in names)


def inputs(cars):
    return np.array([[car[name] for name in FEATURES] for car in cars], dtype=float)


def truth(cars):
    return np.array([car["Miles_per_Gallon"] for car in cars], dtype=float)


reference = [car for car in CARS if year(car) <= 1973]
training = [car for car in reference if complete(car, [*FEATURES, "Miles_per_Gallon"])]
model = LinearRegression().fit(inputs(training), truth(training))


def adjusted(p):
    """Benjamini and Hochberg 1995."""
    order = np.argsort(p)[::-1]
    result = np.empty(len(p))
    least = 1.0
    for place, index in enumerate(order):
        least = min(least, p[index] * len(p) / (len(p) - place))
        result[index] = least
    return result


def kolmogorov_smirnov(window, feature):
    a = [car[feature] for car in reference if car[feature] is not None]
    b = [car[feature] for car in window if car[feature] is not None]
    d = ks_2samp(a, b).statistic
    return d, kstwobign.sf(np.sqrt(len(a) * len(b) / (len(a) + len(b))) * d)


def chapter(newest):
    window = [car for car in CARS if newest - 3 < year(car) <= newest and year(car) >= 1974]
    judged = [car for car in window if complete(car, [*FEATURES, "Miles_per_Gallon"])]
    predicted = model.predict(inputs(judged))
    errors = {}
    for car, value in zip(judged, predicted):
        errors.setdefault(car["Origin"], []).append((car["Miles_per_Gallon"], value))
    scores = [kolmogorov_smirnov(window, feature) for feature in FEATURES]
    p = adjusted(np.array([p for _, p in scores]))
    by_origin = {
        origin: mean_absolute_error(*zip(*pairs)) for origin, pairs in errors.items() if len(pairs) >= 10
    }
    return {
        "year": newest,
        "rows": len(window),
        "labelled": len(judged),
        "root_mean_squared_error": root_mean_squared_error(truth(judged), predicted),
        "drifted": int(sum(d > 0.1 and q < 0.001 for (d, _), q in zip(scores, p))),
        "mean_absolute_error_by_origin": by_origin,
    }


json.dump(
    {
        "made_with": f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}",
        "training_cars": len(training),
        "coefficients": list(model.coef_),
        "intercept": model.intercept_,
        "baseline_root_mean_squared_error": root_mean_squared_error(
            truth(training), model.predict(inputs(training))
        ),
        "chapters": [chapter(newest) for newest in (1974, 1975, 1976, 1977, 1978, 1979, 1980, 1982)],
    },
    sys.stdout,
    indent=2,
)
print()
