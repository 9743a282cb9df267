"""Writes expectations as JSON, with the command and the versions that made them."""

import json
import pathlib
import sys

import fairlearn
import numpy
import scipy
import sklearn
import statsmodels


def write(name, cases):
    folder = pathlib.Path(__file__).parent
    made_by = {
        "command": f"python test/oracles/{pathlib.Path(sys.argv[0]).name}",
        "versions": {
            "python": ".".join(map(str, sys.version_info[:3])),
            "numpy": numpy.__version__,
            "scipy": scipy.__version__,
            "scikit-learn": sklearn.__version__,
            "fairlearn": fairlearn.__version__,
            "statsmodels": statsmodels.__version__,
        },
    }
    text = json.dumps({"madeBy": made_by, **cases}, indent=2, allow_nan=False, default=float)
    (folder / f"{name}.json").write_text(text + "\n")
