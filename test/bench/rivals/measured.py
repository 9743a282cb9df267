"""What every rival's piece shares: python PIECE.py WORKLOAD FOLDER RESULT writes CPU seconds, wall seconds and peak memory."""

import json
import resource
import sys
import time

import pandas as pd

NUMERIC = ["delay", "distance", "hour", "day_of_week"]
TEXT = ["origin", "destination"]
WIDE = [f"x{index}" for index in range(100)]
CUTS = {"g4": 4, "g6": 6}


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def read(folder, name, columns=None):
    return pd.read_parquet(f"{folder}/{name}.parquet", columns=columns)


def cuts(frame):
    """All rows, then every group of both attributes: eleven cuts."""
    yield frame
    for attribute in CUTS:
        for _, group in frame.groupby(attribute):
            yield group


def main(workloads):
    """A workload is prepared without being measured, and gives the function that is."""
    workload, folder, result = sys.argv[1:4]
    prepared = workloads[workload](folder)
    before, start = cpu(), time.perf_counter()
    prepared()
    measured = {
        "cpu": cpu() - before,
        "wall": time.perf_counter() - start,
        "process": cpu(),
        "peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }
    with open(result, "w") as file:
        json.dump(measured, file)
