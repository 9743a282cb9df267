"""Writes the tables of the worked example in docs/statistics.md (once), runs its Python block, and records what it printed.

python test/oracles/worked_example.py [--data]
"""

import contextlib
import io
import os
import pathlib
import re
import sys

import numpy as np
from oracle import write

ROOT = pathlib.Path(__file__).resolve().parents[2]
EXAMPLE = ROOT / "docs" / "example"


def write_tables():
    """Loan applications scored by a model that is calibrated on the reference and too bold on the new rows."""
    rng = np.random.default_rng(20260105)

    def table(count, shift, first, path):
        amount = np.clip(np.round(rng.gamma(4 + shift, 10, count)), 1, 150).astype(int)
        channel = rng.choice(["branch", "web", "phone"], count, p=[0.5 - shift / 10, 0.35 + shift / 10, 0.15])
        region = rng.choice(["north", "south"], count, p=[0.6, 0.4])
        logit = -1.2 + 0.02 * (amount - 40) + 0.3 * (channel == "web")
        score = 1 / (1 + np.exp(-(logit + rng.normal(0, 0.8, count))))
        truth = rng.random(count) < 1 / (1 + np.exp(-(logit + 0.4 * (region == "south") * (shift > 0))))
        lines = ["id,amount,channel,region,p_default,defaulted"]
        for row in range(count):
            shown = "" if row % 37 == 0 and shift else str(amount[row])
            lines.append(f"{first + row},{shown},{channel[row]},{region[row]},{score[row]:.4f},{int(truth[row])}")
        (EXAMPLE / path).write_text("\n".join(lines) + "\n")

    table(600, 0.0, 1, "reference.csv")
    table(400, 1.5, 601, "scored.csv")


def run_block():
    text = (ROOT / "docs" / "statistics.md").read_text()
    (block,) = re.findall(r"```python\n(.*?)```", text, re.S)
    printed = io.StringIO()
    here = os.getcwd()
    os.chdir(EXAMPLE)
    with contextlib.redirect_stdout(printed):
        exec(compile(block, "docs/statistics.md", "exec"), {})
    os.chdir(here)
    return dict(re.findall(r"^(ml_.+) (\S+)$", printed.getvalue(), re.M))


if __name__ == "__main__":
    if "--data" in sys.argv:
        write_tables()
    write("worked-example", {"values": {name: float(value) for name, value in run_block().items()}})
