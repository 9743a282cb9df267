import type { GroupConfig, ModelConfig, ProbabilityConfig, Task } from "../config/config.ts";
import type { Column, Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import { chooseFeatures } from "./choose-features.ts";
import { findClasses } from "./find-classes.ts";
import { requireAnswers, requireColumns, requireNumbers } from "./require-columns.ts";

export { requireNumbers } from "./require-columns.ts";

/** A FROM item and its columns. */
export interface Relation {
  readonly sql: string;
  readonly columns: readonly Column[];
}

export type FeatureKind = "numeric" | "categorical";

export interface Feature {
  readonly name: string;
  readonly kind: FeatureKind;
  /** How a date is read; as it is elsewhere. */
  readonly as?: "seconds" | "day_of_week";
}

/** What became of a column, and why. */
export interface Choice {
  readonly column: string;
  readonly used: boolean;
  readonly kind?: FeatureKind;
  readonly reason: string;
}

/** Which columns of a model mean what; found once, before any row is counted. */
export interface Schema {
  readonly model: string;
  readonly features: readonly Feature[];
  readonly id: readonly string[];
  readonly timestamp?: string;
  /** Column of the rows' version; undefined: all rows are of the model's one version. */
  readonly version?: string;
  readonly task: Task;
  /** Of a binary task: the positive class's text, and that of the other one (found in the data, `(other)` where nothing tells). */
  readonly positive: string;
  readonly negative: string;
  readonly threshold: number;
  /** Of several classes, as text: those configured or found, in order, at most `limits.classes`; the others are `(other)`. */
  readonly classes: readonly string[];
  /** Both absent where the model has neither: drift and quality only. Of a binary task `probabilities` alone will do. */
  readonly prediction?: string;
  readonly probabilities?: ProbabilityConfig;
  readonly label?: string;
  readonly labelTime?: string;
  /** Label of a row that has none although it is settled; undefined: it stays without. */
  readonly otherwise?: string;
  /** True where labels come from a source of their own. */
  readonly joined: boolean;
  readonly groups: readonly GroupConfig[];
  /** Listed features that one side lacks: a quality fault. */
  readonly absent: readonly { readonly column: string; readonly side: "reference" | "predictions" }[];
  readonly choices: readonly Choice[];
  readonly limits: { readonly groups: number; readonly classes: number; readonly categories: number };
}

export interface SchemaInput {
  readonly model: ModelConfig;
  readonly reference?: Relation | undefined;
  readonly predictions: Relation;
  /** Labels of a source of their own: only to find classes that nothing else tells. */
  readonly labels?: Relation | undefined;
}

/**
 * Finds what each column is, from names, types and, where the features are not listed, from the reference's values. One line
 * (EvaluationError "columns") for what cannot be evaluated.
 */
export async function resolveSchema(engine: Engine, input: SchemaInput): Promise<Schema> {
  const { model, predictions, reference } = input;
  requireColumns(model, predictions);
  const { id, timestamp, version, prediction, probabilities, label, labelTime } = model.columns;
  const { otherwise } = model.labels ?? {};
  const answered = {
    task: model.task,
    ...(await findClasses(engine, input)),
    ...(prediction === undefined ? {} : { prediction }),
    ...(probabilities === undefined ? {} : { probabilities }),
    ...(label === undefined ? {} : { label }),
    joined: model.labels !== undefined,
  };
  await requireAnswers(engine, model.name, answered, "the predictions", predictions);
  if (reference)
    await requireAnswers(engine, model.name, { ...answered, joined: false }, "the reference", reference);
  await requireBinnable(engine, model, predictions);
  if (otherwise !== undefined && model.task === "regression" && !isNumber(otherwise))
    throw new EvaluationError(
      "columns",
      `models.${model.name}.labels.otherwise: "${otherwise}" is the label of a regression; a number is needed`,
    );
  return {
    model: model.name,
    ...(await chooseFeatures(engine, input)),
    id,
    ...(timestamp === undefined ? {} : { timestamp }),
    ...(version === undefined ? {} : { version }),
    ...answered,
    threshold: model.threshold,
    ...(labelTime === undefined ? {} : { labelTime }),
    ...(otherwise === undefined ? {} : { otherwise }),
    groups: model.groups,
    limits: model.limits,
  };
}

const isNumber = (text: string) => text.trim() !== "" && Number.isFinite(Number(text));

/** Bins are cut from numbers. */
async function requireBinnable(engine: Engine, model: ModelConfig, predictions: Relation): Promise<void> {
  for (const { name, columns, bins } of model.groups) {
    const [column] = columns;
    if (bins !== undefined && column !== undefined)
      await requireNumbers(
        engine,
        `models.${model.name}.groups.${name}`,
        column,
        "the predictions",
        predictions,
      );
  }
}
