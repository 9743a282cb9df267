import type { Task } from "../config/config.ts";
import type { ColumnFacts, MeanFacts, PairFacts, TableFacts } from "./facts.ts";
import type { Probabilities, Said } from "./guess.ts";
import { classOfProbability, named, plainName, predictedThing } from "./names.ts";
import { isClass, isShare, shares } from "./questions.ts";

/** What the model said, what was true, and of what kind both are. */
export interface Outcome {
  readonly prediction: Said<string> | undefined;
  readonly label: Said<string> | undefined;
  readonly labelTime: Said<string> | undefined;
  readonly probabilities: Said<Probabilities> | undefined;
  /** True where the model's answer is known: a prediction, or the probability of a binary task. */
  readonly output: boolean;
  /** Of a binary task. */
  readonly positive: Said<string> | undefined;
  /** Of a list of probabilities: their order. */
  readonly classes: Said<readonly string[]> | undefined;
}

/** Two columns that belong together. */
interface Pair {
  readonly prediction: Said<string>;
  readonly label: Said<string>;
}

/** Guesses task, prediction, label and probabilities of columns that are nothing else. */
export function guessOutcome(facts: TableFacts, taken: readonly string[]): Outcome & { task: Said<Task> } {
  const columns = facts.columns.filter(({ name, kind }) => !taken.includes(name) && kind !== "time");
  const pair = byName(facts, columns) ?? byHints(facts, columns) ?? byAgreement(facts, columns);
  const label = pair?.label ?? labelAlone(facts, columns);
  const prediction = pair?.prediction ?? predictionAlone(columns, label?.value);
  const of = (said: Said<string> | undefined) => columns.find(({ name }) => name === said?.value);
  const task = guessTask(of(label), of(prediction), columns);
  const probabilities = guessProbabilities(columns, task.value, [of(label), of(prediction)]);
  const two = task.value === "binary" ? (of(label) ?? of(prediction))?.values : undefined;
  const labelTime = facts.columns.find(({ name, kind }) => kind === "time" && named("labelTime", name));
  const shown = probabilities?.value.kind === "column" ? probabilities.value.column : undefined;
  return {
    task,
    prediction,
    label,
    labelTime: label &&
      labelTime && { value: labelTime.name, sure: "likely", why: "a time, named as that of the label" },
    probabilities,
    output: prediction !== undefined || shown !== undefined,
    positive:
      two &&
      positiveOf(
        two,
        facts.means.filter(({ column, by }) => column === shown && by === label?.value),
      ),
    classes: classesOf(probabilities?.value, of(label)),
  };
}

const find = (facts: TableFacts, one: string, other: string): PairFacts | undefined =>
  facts.pairs.find(
    (pair) => (pair.one === one && pair.other === other) || (pair.one === other && pair.other === one),
  );

/** How well two columns agree, in words. */
function agreement(pair: PairFacts | undefined): string {
  if (pair === undefined) return "";
  const same = `equal in ${percent(pair.equal)} of the rows`;
  return pair.correlation === undefined || pair.equal > 0.5
    ? same
    : `correlation ${pair.correlation.toFixed(2)}`;
}

const percent = (share: number) => `${(share * 100).toFixed(0)} %`;

const agrees = (pair: PairFacts | undefined) =>
  pair !== undefined && (pair.equal >= 0.5 || (pair.correlation ?? 0) >= 0.5);

/** `predicted_mpg` beside `mpg`. */
function byName(facts: TableFacts, columns: readonly ColumnFacts[]): Pair | undefined {
  for (const column of columns) {
    const thing = predictedThing(column.name);
    const label = columns.find(({ name, kind }) => plainName(name) === thing && kind === column.kind);
    if (label === undefined || isProbabilityOf(column, label)) continue;
    const found = find(facts, column.name, label.name);
    const why = found === undefined ? "" : `; ${agreement(found)}`;
    const sure = agrees(found) ? "sure" : "likely";
    return {
      prediction: { value: column.name, sure, why: `named after ${label.name}${why}` },
      label: { value: label.name, sure, why: `${column.name} is named after it` },
    };
  }
  return undefined;
}

/** A share beside a column of classes is a probability, whatever its name. */
const isProbabilityOf = (column: ColumnFacts, label: ColumnFacts) => isShare(column) && isClass(label);

/** `prediction` beside `label`. */
function byHints(facts: TableFacts, columns: readonly ColumnFacts[]): Pair | undefined {
  for (const column of columns.filter(({ name }) => named("prediction", name))) {
    for (const label of columns.filter(({ name }) => named("label", name))) {
      if (label === column || label.kind !== column.kind || isProbabilityOf(column, label)) continue;
      const found = find(facts, column.name, label.name);
      const sure = agrees(found) ? "sure" : "likely";
      const why = `named so; ${agreement(found)}`;
      return {
        prediction: { value: column.name, sure, why },
        label: { value: label.name, sure, why: "named so" },
      };
    }
  }
  return undefined;
}

/** One of the two is named, the other is the column that agrees with it best. */
function byAgreement(facts: TableFacts, columns: readonly ColumnFacts[]): Pair | undefined {
  const hints = columns.filter(({ name }) => named("prediction", name) || named("label", name));
  for (const hint of hints) {
    const rivals = columns.filter(
      (column) => column !== hint && column.kind === hint.kind && alike(hint, column),
    );
    const [best] = rivals
      .flatMap((column) => {
        const pair = find(facts, hint.name, column.name);
        return pair !== undefined && close(pair, hint) ? [{ column, pair }] : [];
      })
      .sort((one, other) => strength(other.pair) - strength(one.pair));
    if (best === undefined) continue;
    const isPrediction = named("prediction", hint.name);
    const known: Said<string> = { value: hint.name, sure: "likely", why: "named so" };
    const found: Said<string> = {
      value: best.column.name,
      sure: "guess",
      why: `of all columns it agrees best with ${hint.name}: ${agreement(best.pair)}`,
    };
    return isPrediction ? { prediction: known, label: found } : { prediction: found, label: known };
  }
  return undefined;
}

/** Classes beside the same classes, numbers beside numbers. */
function alike(one: ColumnFacts, other: ColumnFacts): boolean {
  if (isShare(other) && isClass(one)) return false;
  if (!isClass(one) || !isClass(other)) return one.kind === "number" && !isClass(one) && !isClass(other);
  const known = new Set(one.values?.map(({ text }) => text));
  return (other.values ?? []).every(({ text }) => known.has(text));
}

const strength = ({ equal, correlation }: PairFacts) => Math.max(equal, correlation ?? 0);

/** Much closer than columns that only go together. */
function close({ equal, correlation, difference }: PairFacts, { deviation, values }: ColumnFacts): boolean {
  if (values !== undefined && values.length <= 20) return equal >= 0.6;
  return (correlation ?? 0) >= 0.7 && (difference ?? Infinity) < (deviation ?? 0);
}

/** What is named as the truth, or the classes that a probability tells apart best. */
function labelAlone(facts: TableFacts, columns: readonly ColumnFacts[]): Said<string> | undefined {
  const called = columns.find(({ name, distinct }) => named("label", name) && distinct >= 2);
  if (called !== undefined) return { value: called.name, sure: "likely", why: "named so" };
  for (const { name } of shares(columns)) {
    const thing = plainName(classOfProbability(name) ?? "");
    const after = columns.find(
      (column) => thing !== "" && isClass(column) && plainName(column.name).startsWith(thing),
    );
    if (after !== undefined) return { value: after.name, sure: "likely", why: `${name} is named after it` };
  }
  const [best] = facts.means
    .filter(({ by }) => columns.some(({ name, values = [] }) => name === by && values.length === 2))
    .sort((one, other) => spread(other) - spread(one));
  if (best === undefined || spread(best) < 0.1) return undefined;
  return {
    value: best.by,
    sure: "guess",
    why: `${best.column} differs most between its two values (by ${spread(best).toFixed(2)} on average)`,
  };
}

function spread({ means }: MeanFacts): number {
  const values = Object.values(means);
  return Math.max(...values) - Math.min(...values);
}

function predictionAlone(
  columns: readonly ColumnFacts[],
  label: string | undefined,
): Said<string> | undefined {
  const of = columns.find(({ name }) => name === label);
  const called = columns.find(
    (column) =>
      column.name !== label &&
      named("prediction", column.name) &&
      column.distinct >= 2 &&
      (column.kind === "number" || column.kind === "text") &&
      !(isShare(column) && (of === undefined || isClass(of))),
  );
  return called && { value: called.name, sure: "likely", why: "named so" };
}

/** More different whole numbers are an amount rather than classes. */
const mostClasses = 12;

function guessTask(
  label: ColumnFacts | undefined,
  prediction: ColumnFacts | undefined,
  columns: readonly ColumnFacts[],
): Said<Task> {
  const judged = label ?? prediction;
  if (judged === undefined) {
    const share = shares(columns)[0];
    if (share !== undefined)
      return { value: "binary", sure: "guess", why: `${share.name} is a share, and no label is found` };
    return { value: "regression", sure: "guess", why: "neither a prediction nor a label is found" };
  }
  const { name, kind, distinct, whole } = judged;
  if (kind === "text" || (kind === "number" && distinct === 2)) {
    const many = distinct > 2 ? "multiclass" : "binary";
    return {
      value: many,
      sure: distinct > 50 ? "guess" : "sure",
      why: `${name} has ${distinct} different values`,
    };
  }
  const classes =
    whole === true && distinct <= mostClasses && (prediction === undefined || isClass(prediction));
  if (classes)
    return { value: "multiclass", sure: "likely", why: `${name} has ${distinct} different whole numbers` };
  return { value: "regression", sure: "sure", why: `${name} is a number with ${distinct} different values` };
}

function guessProbabilities(
  columns: readonly ColumnFacts[],
  task: Task,
  classed: readonly (ColumnFacts | undefined)[],
): Said<Probabilities> | undefined {
  if (task === "regression") return undefined;
  const used = classed.flatMap((column) => column?.name ?? []);
  const free = shares(columns).filter(({ name }) => !used.includes(name));
  if (task === "binary") {
    const [first, ...others] = free;
    if (first === undefined) return undefined;
    const rest = others.length === 0 ? "" : `; others: ${others.map(({ name }) => name).join(", ")}`;
    return {
      value: { kind: "column", column: first.name },
      sure: others.length === 0 ? "likely" : "guess",
      why: `named so, and its numbers lie between 0 and 1${rest}`,
    };
  }
  const classes = new Set(classed.flatMap((column) => column?.values?.map(({ text }) => text) ?? []));
  const byClass = free.flatMap(({ name }) => {
    const owner = classOfProbability(name);
    const found = [...classes].find((text) => text === owner || plainName(text) === plainName(owner ?? ""));
    return owner === undefined || found === undefined ? [] : [[found, name] as const];
  });
  if (byClass.length >= 2 && new Set(byClass.map(([owner]) => owner)).size === byClass.length)
    return {
      value: { kind: "columns", columns: Object.fromEntries(byClass) },
      sure: byClass.length === classes.size ? "sure" : "likely",
      why: `named after ${byClass.length} of ${classes.size} classes, and between 0 and 1`,
    };
  const list = columns.find(
    ({ name, kind, length }) => kind === "list" && named("probability", name) && length === classes.size,
  );
  return (
    list && {
      value: { kind: "list", column: list.name },
      sure: "likely",
      why: `named so, and lists ${list.length} numbers, one a class`,
    }
  );
}

/** scikit-learn gives probabilities in the classes' alphabetical order. */
function classesOf(probabilities: Probabilities | undefined, label: ColumnFacts | undefined) {
  if (probabilities?.kind !== "list") return undefined;
  const texts = label?.values?.map(({ text }) => text) ?? [];
  const numeric = texts.every((text) => Number.isFinite(Number(text)));
  const value = texts.toSorted((one, other) =>
    numeric ? Number(one) - Number(other) : one < other ? -1 : 1,
  );
  return { value, sure: "guess", why: "in the order that scikit-learn gives them; check it" } as const;
}

const positiveWords =
  /^(1|true|yes|y|t|positive|pos|bad|default|fraud|churn(ed)?|spam|sick|click(ed)?|event)$/i;

function positiveOf(
  values: NonNullable<ColumnFacts["values"]>,
  means: readonly MeanFacts[],
): Said<string> | undefined {
  const [split] = means;
  if (split !== undefined && spread(split) >= 0.05) {
    const [best] = Object.entries(split.means).sort(([, one], [, other]) => other - one);
    if (best !== undefined)
      return {
        value: best[0],
        sure: "sure",
        why: `${split.column} is higher where it is so: ${best[1].toFixed(2)} on average`,
      };
  }
  const word = values.find(({ text }) => positiveWords.test(text));
  if (word !== undefined)
    return { value: word.text, sure: "likely", why: "of the two values the one that says so" };
  const rare = values.at(-1);
  return rare && { value: rare.text, sure: "guess", why: `the rarer of the two values (${rare.count} rows)` };
}
