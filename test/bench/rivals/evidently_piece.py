"""Evidently: a report per window; its groups are looped over, for it has none, nor intervals."""

from evidently import BinaryClassification, DataDefinition, Dataset, Report
from evidently.presets import ClassificationPreset, DataDriftPreset
from measured import NUMERIC, TEXT, WIDE, cuts, main, read

FLIGHTS = DataDefinition(numerical_columns=NUMERIC, categorical_columns=TEXT)
CONTINUOUS = DataDefinition(numerical_columns=WIDE)
SCORED = DataDefinition(
    classification=[
        BinaryClassification(target="y", prediction_probas="p", pos_label=1)
    ],
    numerical_columns=["p"],
    categorical_columns=["y"],
)


def drift(definition, reference, current):
    given = [
        Dataset.from_pandas(each, data_definition=definition)
        for each in (current, reference)
    ]
    return Report([DataDriftPreset()]).run(*given).dict()


def first(definition, columns, current):
    return lambda folder: lambda: drift(
        definition, read(folder, "reference", columns), read(folder, current, columns)
    )


def windows(folder):
    def run():
        reference = read(folder, "reference", NUMERIC + TEXT)
        current = read(folder, "current", NUMERIC + TEXT)
        size = -(-len(current) // 30)
        for start in range(0, len(current), size):
            drift(FLIGHTS, reference, current.iloc[start : start + size])

    return run


def scored(folder):
    def run():
        for cut in cuts(read(folder, "scored")):
            data = Dataset.from_pandas(cut[["y", "p"]], data_definition=SCORED)
            Report([ClassificationPreset()]).run(data, None).dict()

    return run


main(
    {
        "flights": first(FLIGHTS, NUMERIC + TEXT, "current"),
        "flights-next": first(FLIGHTS, NUMERIC + TEXT, "moved"),
        "flights-windows": windows,
        "wide": first(CONTINUOUS, WIDE, "current"),
        "wide-next": first(CONTINUOUS, WIDE, "moved"),
        "scored": scored,
    }
)
