"""NannyML: the calculator is fitted on the reference once; later windows only calculate."""

import nannyml
from measured import NUMERIC, TEXT, WIDE, cuts, main, read

METRICS = [
    "roc_auc",
    "f1",
    "precision",
    "recall",
    "specificity",
    "accuracy",
    "average_precision",
]


def fitted(folder, columns, text, chunks):
    calculator = nannyml.UnivariateDriftCalculator(
        column_names=columns, treat_as_categorical=text, chunk_number=chunks
    )
    return calculator.fit(read(folder, "reference", columns))


def first(columns, text, chunks):
    return lambda folder: lambda: (
        fitted(folder, columns, text, chunks)
        .calculate(read(folder, "current", columns))
        .to_df()
    )


def following(columns, text):
    def prepared(folder):
        calculator = fitted(folder, columns, text, 1)
        return lambda: calculator.calculate(read(folder, "moved", columns)).to_df()

    return prepared


def scored(folder):
    def run():
        reference = list(cuts(read(folder, "scored-reference")))
        for past, cut in zip(reference, cuts(read(folder, "scored"))):
            calculator = nannyml.PerformanceCalculator(
                y_true="y",
                y_pred="answer",
                y_pred_proba="p",
                problem_type="classification_binary",
                metrics=METRICS,
                chunk_number=1,
            )
            calculator.fit(past).calculate(cut).to_df()

    return run


main(
    {
        "flights": first(NUMERIC + TEXT, TEXT, 1),
        "flights-next": following(NUMERIC + TEXT, TEXT),
        "flights-windows": first(NUMERIC + TEXT, TEXT, 30),
        "wide": first(WIDE, [], 1),
        "wide-next": following(WIDE, []),
        "scored": scored,
    }
)
