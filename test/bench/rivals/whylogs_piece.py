"""whylogs: a mergeable, approximate profile of each window; the reference's is kept."""

import whylogs
from measured import NUMERIC, TEXT, WIDE, main, read
from whylogs.viz.drift.column_drift_algorithms import calculate_drift_scores


def profile(frame):
    return whylogs.log(frame).view()


def drift(reference, current):
    return calculate_drift_scores(current, reference, with_thresholds=True)


def first(columns):
    return lambda folder: lambda: drift(
        profile(read(folder, "reference", columns)),
        profile(read(folder, "current", columns)),
    )


def following(columns):
    def prepared(folder):
        reference = profile(read(folder, "reference", columns))
        return lambda: drift(reference, profile(read(folder, "moved", columns)))

    return prepared


def windows(folder):
    def run():
        reference = profile(read(folder, "reference", NUMERIC + TEXT))
        current = read(folder, "current", NUMERIC + TEXT)
        size = -(-len(current) // 30)
        for start in range(0, len(current), size):
            drift(reference, profile(current.iloc[start : start + size]))

    return run


main(
    {
        "flights": first(NUMERIC + TEXT),
        "flights-next": following(NUMERIC + TEXT),
        "flights-windows": windows,
        "wide": first(WIDE),
        "wide-next": following(WIDE),
    }
)
