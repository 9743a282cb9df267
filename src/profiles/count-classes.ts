import type { Engine, Row } from "../engines/engine.ts";
import { calibrationBins } from "./class-outcome.ts";
import { className, classNames, otherClass } from "./classes.ts";
import { binItems, binsText, newScores, type ScoreSlices } from "./count-score-bins.ts";
import { countScores } from "./count-scores.ts";
import { labelledRows } from "./labels.ts";
import { pacing } from "./pace.ts";
import type { ClassOutcome } from "./profile.ts";
import { scoreCodeSql } from "./score-bins.ts";
import {
  groupNames,
  namedItems,
  type Sliced,
  type SliceInput,
  type SliceName,
  slicedRows,
  sliceKey,
  sliceOf,
  sliceSets,
} from "./slices.ts";
import { extreme, total } from "./summary.ts";

/** Rows per class (by name), null where it is missing. */
export interface ClassCounts {
  readonly predicted: Map<string | null, number>;
  readonly actual: Map<string | null, number>;
}

/** One slice while its cells come in. */
interface Counting extends SliceName {
  rows: number;
  labels: number;
  lastLabelledMs: number | null;
  labelTimeMs: number | null;
  n: number;
  readonly confusion: Map<string, Map<string, number>>;
  scored: number;
  /** Σ log loss, its square, Brier, its square. */
  readonly losses: number[];
  readonly calibration: { readonly n: number[]; readonly predicted: number[]; readonly observed: number[] };
  readonly classes: ClassCounts;
}

/**
 * A classifier's outcome of every slice. One statement counts cells: actual × predicted class × place of the probability; of a binary
 * task that place is the bin of its score, so the ROC curve comes with it. Several classes take a second one for their scores.
 * `times` are what `bucketTimes` gave.
 */
export async function countClasses(
  engine: Engine,
  input: SliceInput,
  times?: ReadonlyMap<number, BucketTimes>,
): Promise<Sliced[]> {
  const slices = new Map<string, Counting>();
  const scores: ScoreSlices = newScores();
  const binary = input.schema.task === "binary";
  const pace = pacing();
  for (const row of await engine.rows(cellsSql(engine, input), input.signal)) {
    const slice = sliceOf(input, row);
    const key = sliceKey(slice);
    const counting = slices.get(key) ?? newCounting(slice);
    slices.set(key, counting);
    addCell(counting, row, input);
    const [actual] = row.slice(3);
    const text = row.at(-1);
    if (binary) scores.add(slice, 0, Number(actual) === 0, text);
    await pace(200 + (typeof text === "string" ? text.length : 0));
  }
  for (const [bucket, { lastLabelledMs, labelTimeMs }] of times ?? []) {
    const slice = slices.get(sliceKey({ bucket, attribute: undefined, group: "" }));
    if (slice) Object.assign(slice, { lastLabelledMs, labelTimeMs });
  }
  const byClass = await countScores(engine, input, scores);
  const classes = classNames(input.schema).length;
  const sliced: Sliced[] = [];
  for (const [key, counting] of slices) {
    await pace(200 + 10 * classes * classes);
    const { confusion, losses, n, scored, calibration } = counting;
    const outcome: ClassOutcome = {
      kind: "classes",
      positive: binary ? input.schema.positive : null,
      n,
      confusion: inOrder(confusion, input.schema, (of) => inOrder(of, input.schema, (count) => count)),
      scored,
      scores: byClass.get(key) ?? {},
      logLoss: { sum: total(losses[0]), squares: total(losses[1]) },
      brier: { sum: total(losses[2]), squares: total(losses[3]) },
      calibration,
    };
    sliced.push({ ...counting, outcome });
  }
  return sliced;
}

/** Rows of a bucket, and the newest times of its labelled ones. */
export interface BucketTimes {
  readonly rows: number;
  readonly lastLabelledMs: number | null;
  readonly labelTimeMs: number | null;
}

/** A fifth of the cells' cost is their newest times: where labels need no join, these are cheaper read on their own, for all rows only. */
const timesApart = ({ labels, labelled }: SliceInput) => labels === undefined && labelled;

/** Bucket → rows and newest times, ascending; undefined where the cells have the times. */
export async function bucketTimes(
  engine: Engine,
  input: SliceInput,
): Promise<Map<number, BucketTimes> | undefined> {
  if (!timesApart(input)) return undefined;
  const rows = labelledRows(engine, input, []);
  const sql = `SELECT b, count(*), max(CASE WHEN label IS NOT NULL THEN ms END), max(lt) FROM ${rows} GROUP BY b ORDER BY b`;
  const found = await engine.rows(sql, input.signal);
  return new Map(
    found.map(([bucket, count, last, time]) => [
      Number(bucket),
      { rows: Number(count), lastLabelledMs: numberOr(last), labelTimeMs: numberOr(time) },
    ]),
  );
}

/** By class, in the schema's order: the same rows give the same text. A class may be named as anything, `__proto__` too. */
function inOrder<From, To>(
  counts: ReadonlyMap<string, From>,
  schema: SliceInput["schema"],
  value: (from: From) => To,
): Readonly<Record<string, To>> {
  const names = [...new Set([...classNames(schema), otherClass])];
  return Object.fromEntries(
    names.flatMap((name) => {
      const found = counts.get(name);
      return found === undefined ? [] : [[name, value(found)]];
    }),
  );
}

function newCounting(slice: SliceName): Counting {
  const zeros = () => new Array<number>(calibrationBins).fill(0);
  return {
    ...slice,
    rows: 0,
    labels: 0,
    lastLabelledMs: null,
    labelTimeMs: null,
    n: 0,
    confusion: new Map(),
    scored: 0,
    losses: [0, 0, 0, 0],
    calibration: { n: zeros(), predicted: zeros(), observed: zeros() },
    classes: { predicted: new Map(), actual: new Map() },
  };
}

const numberOr = (value: unknown) => (value == null ? null : Number(value));

function addCell(counting: Counting, row: Row, { schema }: SliceInput): void {
  const [actual, predicted, bin, hit, count, last, time, score, ...losses] = row.slice(3, -1);
  const rows = Number(count);
  const nameOf = (code: unknown) => (code == null ? null : className(schema, Number(code)));
  const named = { actual: nameOf(actual), predicted: nameOf(predicted) };
  counting.rows += rows;
  addTo(counting.classes.predicted, named.predicted, rows);
  addTo(counting.classes.actual, named.actual, rows);
  counting.lastLabelledMs = extreme(Math.max, counting.lastLabelledMs, numberOr(last));
  counting.labelTimeMs = extreme(Math.max, counting.labelTimeMs, numberOr(time));
  if (named.actual === null) return;
  counting.labels += rows;
  if (named.predicted !== null) {
    const of = counting.confusion.get(named.actual) ?? new Map<string, number>();
    counting.confusion.set(named.actual, of);
    addTo(of, named.predicted, rows);
    counting.n += rows;
  }
  if (bin == null) return;
  counting.scored += rows;
  for (const [index, loss] of losses.entries())
    counting.losses[index] = (counting.losses[index] ?? 0) + Number(loss);
  const { n, predicted: sums, observed } = counting.calibration;
  const at = Number(bin);
  n[at] = (n[at] ?? 0) + rows;
  sums[at] = (sums[at] ?? 0) + Number(score);
  if (hit) observed[at] = (observed[at] ?? 0) + rows;
}

function addTo<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** As scikit-learn clips probabilities of type float64: numpy.finfo(float).eps. */
const epsilon = 2 ** -52;

/**
 * Rows (slice, actual, predicted, calibration bin, whether it came true, count, newest labelled time, newest label_time, Σ score, Σ
 * log loss, Σ its square, Σ Brier, Σ its square, bins of scores as text); the bin is null where a row is not scored.
 */
function cellsSql(engine: Engine, input: SliceInput): string {
  const { number } = engine.dialect;
  const binary = input.schema.task === "binary";
  const losses = binary ? binaryLosses(engine, input) : severalLosses(engine, input);
  const kept = ["b", "lms", "lt", "label", "p", ...groupNames(input)];
  const clipped = `least(greatest(right_p, ${number(epsilon)}), ${number(1 - epsilon)})`;
  const inner = `(SELECT ${[...kept, "place", "score", `-ln(${clipped}) AS ll`, "br"].join(", ")} FROM ${losses}) AS c`;
  const items = [
    ...namedItems(input),
    ...["label", "p", "place"],
    ...(timesApart(input) ? ["NULL AS lms", "NULL AS lt"] : ["max(lms) AS lms", "max(lt) AS lt"]),
    ...(binary ? binItems("score") : ["count(*) AS n"]),
    ...["sum(score) AS score", "sum(ll) AS l1", "sum(ll * ll) AS l2", "sum(br) AS b1", "sum(br * br) AS b2"],
  ];
  const cells = `(SELECT ${items.join(", ")} FROM ${inner} ${sliceSets(input, ["label", "p", "place"])}) AS k`;
  const bin = binary
    ? `least(9e0, greatest(0e0, floor((place + 99e0) / 100e0) - 1e0))`
    : "floor(place / 2e0)";
  const keys = [
    ...["x0", "x1", "x2", "label", "p", `CASE WHEN place IS NOT NULL THEN ${bin} END`],
    binary ? "label = 0" : "place % 2 = 1",
  ];
  const sums = ["n", "score", "l1", "l2", "b1", "b2"].map((name) => `sum(${name})`);
  sums.splice(1, 0, "max(lms)", "max(lt)");
  return `SELECT ${[...keys, ...sums, binary ? binsText : "NULL"].join(", ")} FROM ${cells} GROUP BY 1, 2, 3, 4, 5, 6, 7`;
}

const keptRows = (input: SliceInput) => [
  "b",
  "CASE WHEN label IS NOT NULL THEN ms END AS lms",
  "lt",
  "label",
  "p",
  ...groupNames(input),
];

/** `score` is the positive class's probability, `right_p` that of what was true. */
function binaryLosses(engine: Engine, input: SliceInput): string {
  const s = input.answers.scores.length === 0 ? "CAST(NULL AS DOUBLE)" : "s0";
  const rows = slicedRows(engine, input);
  const own = [
    "CASE WHEN label IS NOT NULL THEN s END AS score",
    "CASE WHEN label = 0 THEN s WHEN label = 1 THEN 1e0 - s END AS right_p",
    "CASE WHEN label = 0 THEN (1e0 - s) * (1e0 - s) WHEN label = 1 THEN s * s END AS br",
    `CASE WHEN label IS NOT NULL THEN ${scoreCodeSql(engine.dialect, "s")} END AS place`,
  ];
  const named = `(SELECT ${["b", "ms", "lt", "label", "p", ...groupNames(input), `${s} AS s`].join(", ")} FROM ${rows}) AS n`;
  return `(SELECT ${[...keptRows(input), ...own].join(", ")} FROM ${named}) AS l`;
}

/**
 * `score` is the top label's probability; `place` twice its calibration bin, plus 1 where it was true. Rows whose class has no
 * probability of its own are not scored.
 */
function severalLosses(engine: Engine, input: SliceInput): string {
  const { number } = engine.dialect;
  const rows = slicedRows(engine, input);
  const scores = input.answers.scores.map((_, index) => `s${index}`);
  if (scores.length === 0) {
    const none = (name: string) => `CAST(NULL AS DOUBLE) AS ${name}`;
    return `(SELECT ${[...keptRows(input), none("score"), none("right_p"), none("br"), "CAST(NULL AS INTEGER) AS place"].join(", ")} FROM ${rows}) AS l`;
  }
  const known = `label < ${scores.length}`;
  const named = `(SELECT *, CASE WHEN ${known} THEN ${scores.join(" + ")} END AS sum_p, greatest(${scores.join(", ")}) AS top FROM ${rows}) AS n`;
  const right = `CASE ${scores.map((score, code) => `WHEN label = ${code} THEN ${score}`).join(" ")} END`;
  const likeliest = `CASE ${scores.map((score, code) => `WHEN ${score} = top THEN ${code}`).join(" ")} END`;
  const brier = scores.map((score, code) => {
    const off = `(${score} - CASE WHEN label = ${code} THEN 1e0 ELSE 0e0 END)`;
    return `${off} * ${off}`;
  });
  const bin = `least(${number(calibrationBins - 1)}, greatest(0e0, ceil(top * ${number(calibrationBins)}) - 1e0))`;
  const scored = (value: string) => `CASE WHEN sum_p > 0e0 THEN ${value} END`;
  const own = [
    `${scored("top")} AS score`,
    `${scored(right)} AS right_p`,
    `${scored(brier.join(" + "))} AS br`,
    `${scored(`CAST(${bin} * 2e0 AS INTEGER) + CASE WHEN ${likeliest} = label THEN 1 ELSE 0 END`)} AS place`,
  ];
  return `(SELECT ${[...keptRows(input), ...own].join(", ")} FROM ${named}) AS l`;
}
