import { type CrossFault, repeated } from "./cross-fault.ts";
import { show } from "./fields.ts";
import type { WrittenModel } from "./schema.ts";

/** What does not fit together in where a model's rows and columns are. */
export function placeFaults(model: WrittenModel): CrossFault[] {
  return [...columnFaults(model), ...labelFaults(model), ...groupFaults(model), ...referenceFaults(model)];
}

/** Of a binary task the probability alone will do. */
const outputOf = ({ task, columns = {} }: WrittenModel) =>
  columns.prediction ?? (task === "binary" ? columns.probability : columns.probabilities);

function* columnFaults(model: WrittenModel): Iterable<CrossFault> {
  const { task, columns = {}, labels, features, version } = model;
  if (labels !== undefined && columns.id === undefined) {
    yield {
      keys: ["columns", "id"],
      message: "missing; expected the column that joins labels to predictions",
    };
  }
  if (columns.id?.length === 0)
    yield { keys: ["columns", "id"], message: "names no column; expected at least one" };
  if (labels !== undefined && columns.label === undefined) {
    yield {
      keys: ["columns", "label"],
      message: "missing; expected the column of labels that holds the truth",
    };
  } else if (outputOf(model) !== undefined && columns.label === undefined) {
    yield {
      keys: ["columns", "label"],
      message: "missing; expected the column that holds the truth (or neither prediction nor label)",
    };
  }
  const answered = task === "binary" ? outputOf(model) : columns.prediction;
  if (columns.label !== undefined && answered === undefined) {
    yield {
      keys: ["columns", "prediction"],
      message: `missing; expected the column that holds the model's output${task === "binary" ? ", or columns.probability" : ""} (or neither prediction nor label)`,
    };
  }
  if (columns.version !== undefined && version !== undefined)
    yield { keys: ["columns", "version"], message: "given beside version; expected one of the two" };
  yield* repeated(
    ["features"],
    features?.map((feature) => feature.name),
  );
}

function* labelFaults({ task, columns, labels, classes }: WrittenModel): Iterable<CrossFault> {
  if (columns?.label_time !== undefined && columns.label === undefined)
    yield { keys: ["columns", "label_time"], message: "needs columns.label; name it, or leave this out" };
  const otherwise = labels?.otherwise;
  if (otherwise === undefined) return;
  const keys = ["labels", "otherwise"];
  if (columns?.timestamp === undefined)
    yield {
      keys,
      message: "needs columns.timestamp, for it holds so long after a row's time; name it, or leave this out",
    };
  if (task === "regression" && (otherwise.trim() === "" || !Number.isFinite(Number(otherwise))))
    yield { keys, message: `${show(otherwise)} is not a number; expected one, as the task is regression` };
  if (classes !== undefined && !classes.includes(otherwise))
    yield {
      keys,
      message: `${show(otherwise)} is not one of classes; expected one of ${classes.join(", ")}`,
    };
}

function* groupFaults({ groups = [] }: WrittenModel): Iterable<CrossFault> {
  yield* repeated(
    ["groups"],
    groups.map((group) => group.name),
    "each name",
  );
  for (const [index, { columns, bins }] of groups.entries()) {
    const keys = ["groups", index];
    if (columns?.length === 0)
      yield { keys: [...keys, "columns"], message: "names no column; expected at least one" };
    yield* repeated(["groups", String(index), "columns"], columns);
    if (bins === undefined) continue;
    if (columns !== undefined && columns.length > 1)
      yield {
        keys: [...keys, "bins"],
        message: "cut one column; expected columns with a single name, or no bins",
      };
    if (bins.length === 0)
      yield {
        keys: [...keys, "bins"],
        message: "no edge; expected inner edges in ascending order such as [30, 50]",
      };
    const place = bins.findIndex((edge, at) => at > 0 && edge <= (bins[at - 1] ?? edge));
    if (place > 0)
      yield {
        keys: [...keys, "bins", place],
        message: `${bins[place]} is not above ${bins[place - 1]}; expected inner edges in ascending order`,
      };
  }
}

function* referenceFaults({ reference, columns }: WrittenModel): Iterable<CrossFault> {
  if (reference === undefined || !("from" in reference)) return;
  if (columns?.timestamp === undefined)
    yield {
      keys: ["reference", "from"],
      message: "needs columns.timestamp; name it, or give files as the reference",
    };
  if (reference.start >= reference.end)
    yield {
      keys: ["reference", "end"],
      message: "is not after start; expected start < end (end itself is left out)",
    };
}
