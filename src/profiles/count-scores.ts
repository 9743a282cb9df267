import type { Engine, Value } from "../engines/engine.ts";
import { pacing } from "./pace.ts";
import type { ScoreCounts, ScoreOutcome } from "./profile.ts";
import { scoreCodeSql } from "./score-bins.ts";
import { mostExactScores } from "./score-outcome.ts";
import {
  groupNames,
  type SliceInput,
  type SliceName,
  slicedRows,
  sliceItems,
  sliceKey,
  sliceOf,
  sliceSets,
} from "./slices.ts";

/** Rows of one bin of scores, and the score's text where it holds one alone. */
interface Bin {
  positives: number;
  negatives: number;
  score: string | undefined;
  /** Different scores, at least. */
  different: number;
}

/** The scores of one class in one slice, by bin. */
interface Curve {
  readonly slice: SliceName;
  readonly code: number;
  readonly bins: Map<number, Bin>;
}

/** Bins of scores while they come in. */
export interface ScoreSlices {
  readonly curves: Map<string, Curve>;
  /** Adds the rows of one side of a class, from what `binsText` gave. */
  add(slice: SliceName, code: number, positive: boolean, text: Value | undefined): void;
}

/**
 * Aggregates of a cell of scores for `binsText`: how many, the least, the greatest, and marks of 62 places that their far digits fall on.
 */
export const binItems = (score: string) => [
  "count(*) AS n",
  `min(${score}) AS low`,
  `max(${score}) AS high`,
  `bit_or(CAST(1 AS BIGINT) << CAST(CAST(floor(${score} * 1e15) AS BIGINT) % 62 AS INTEGER)) AS marks`,
];

/**
 * Aggregate over cells (place and `binItems`): `place:rows:score` where a cell holds one score alone, else `place:rows:*least`, the least
 * number of different scores. One text for all, because a row of its own for each would cost ten times as much to hand over.
 */
export const binsText =
  "string_agg(place || ':' || n || ':' || CASE WHEN low = high THEN CAST(low AS VARCHAR) ELSE '*' || bit_count(marks) END, ',')";

const curveKey = (slice: SliceName, code: number) => `${code} ${sliceKey(slice)}`;

/** Calls back with the tokens of a text of ours, each cut at its colons: there may be a million. */
function eachToken(
  text: Value | undefined,
  call: (first: string, second: number, rest: string) => void,
): void {
  if (text == null) return;
  for (const token of String(text).split(",").sort()) {
    const one = token.indexOf(":");
    const two = token.indexOf(":", one + 1);
    const end = two < 0 ? token.length : two;
    call(token.slice(0, one), Number(token.slice(one + 1, end)), token.slice(end + 1));
  }
}

export function newScores(): ScoreSlices {
  const curves = new Map<string, Curve>();
  return {
    curves,
    add(slice, code, positive, text) {
      if (text == null) return;
      const key = curveKey(slice, code);
      const curve = curves.get(key) ?? { slice, code, bins: new Map<number, Bin>() };
      curves.set(key, curve);
      eachToken(text, (place, count, score) => addBin(curve.bins, Number(place), positive, count, score));
    },
  };
}

function addBin(bins: Map<number, Bin>, place: number, positive: boolean, count: number, text: string): void {
  const several = text.startsWith("*");
  const score = several ? undefined : text;
  const different = several ? Math.max(2, Number(text.slice(1))) : 1;
  const bin = bins.get(place);
  if (bin === undefined) {
    bins.set(place, { positives: positive ? count : 0, negatives: positive ? 0 : count, score, different });
    return;
  }
  bin[positive ? "positives" : "negatives"] += count;
  bin.different = Math.max(bin.different, different, bin.score === score ? 1 : 2);
  if (bin.score !== score) bin.score = undefined;
}

/** Slice → class → its scores: exact where there are at most 1,000 different ones, else by bin. */
export async function countScores(
  engine: Engine,
  input: SliceInput,
  scores: ScoreSlices,
): Promise<Map<string, Record<string, ScoreOutcome>>> {
  if (input.schema.task !== "binary") await addSeveral(engine, input, scores);
  const exact = await exactScores(engine, input, scores);
  const found = new Map<string, Map<string, ScoreOutcome>>();
  const pace = pacing();
  for (const [key, { slice, code, bins }] of [...scores.curves].sort(([, a], [, b]) => a.code - b.code)) {
    await pace(20 * bins.size);
    const all = [...bins.values()];
    const positives = all.reduce((sum, bin) => sum + bin.positives, 0);
    const negatives = all.reduce((sum, bin) => sum + bin.negatives, 0);
    const counts = exact.get(key);
    const classes = found.get(sliceKey(slice)) ?? new Map<string, ScoreOutcome>();
    found.set(sliceKey(slice), classes);
    classes.set(input.answers.scores[code]?.class ?? "", {
      positives,
      negatives,
      scores: counts ? { kind: "exact", counts } : { kind: "binned", counts: binned(bins) },
    });
  }
  return new Map([...found].map(([key, classes]) => [key, Object.fromEntries(classes)]));
}

type Counts = ScoreCounts["counts"];

/** By code: the same rows give the same text. */
const binned = (bins: ReadonlyMap<number, Bin>): Counts =>
  Object.fromEntries(
    [...bins].sort(([a], [b]) => a - b).map(([code, of]) => [code, [of.positives, of.negatives] as const]),
  );

/** As JSON writes a number, whatever the engine's way: 1.0 and 1e-05 are 1 and 0.00001. */
const written = (score: string) =>
  score.endsWith(".0") || score.includes("e") ? String(Number(score)) : score;

/** A FROM item with a row for each labelled row and class whose probabilities are usable: `k` (class), `s` (score), `y` (is it true). */
function classScores(engine: Engine, input: SliceInput): string {
  const scores = input.answers.scores.map((_, index) => `s${index}`);
  const kept = ["b", ...groupNames(input)].join(", ");
  const rows = slicedRows(engine, input);
  if (input.schema.task === "binary")
    return `(SELECT ${kept}, 0 AS k, s0 AS s, label = 0 AS y FROM ${rows} WHERE label IS NOT NULL AND s0 IS NOT NULL) AS v`;
  const codes = scores.map((_, code) => `(${code})`).join(", ");
  const score = `CASE ${scores.map((each, code) => `WHEN k = ${code} THEN ${each}`).join(" ")} END`;
  return `(SELECT ${kept}, k, ${score} AS s, label = k AS y FROM ${rows} CROSS JOIN (VALUES ${codes}) AS v(k)
WHERE label < ${scores.length} AND ${scores.join(" + ")} > 0e0) AS v`;
}

async function addSeveral(engine: Engine, input: SliceInput, scores: ScoreSlices): Promise<void> {
  if (!input.labelled || input.answers.scores.length === 0) return;
  const kept = ["b", ...groupNames(input), "k", "s", "y"];
  const inner = `(SELECT ${kept.join(", ")}, ${scoreCodeSql(engine.dialect, "s")} AS place FROM ${classScores(engine, input)}) AS w`;
  const keys = ["k", "y", "place"];
  const items = [...namedItems(input), ...keys, ...binItems("s")];
  const cells = `(SELECT ${items.join(", ")} FROM ${inner} ${sliceSets(input, keys)}) AS c`;
  const sql = `SELECT x0, x1, x2, k, y, ${binsText} FROM ${cells} GROUP BY x0, x1, x2, k, y`;
  const pace = pacing();
  for (const row of await engine.rows(sql, input.signal)) {
    const [code, positive, text] = row.slice(3);
    await pace(String(text).length);
    scores.add(sliceOf(input, row), Number(code), Boolean(positive), text);
  }
}

/** A slice's bucket, set and group under the names x0, x1, x2. */
const namedItems = (input: SliceInput) => sliceItems(input).map((item, index) => `${item} AS x${index}`);

/**
 * Curve → scores as they are, of those that have few. The bins alone tell most curves that have too many, and
 * those whose every bin holds one; only the others are asked for once more.
 */
async function exactScores(
  engine: Engine,
  input: SliceInput,
  { curves }: ScoreSlices,
): Promise<Map<string, Counts>> {
  const exact = new Map<string, Counts>();
  const open = new Map<string, Curve>();
  const pace = pacing();
  for (const [key, curve] of curves) {
    await pace(20 * curve.bins.size);
    const bins = [...curve.bins.values()];
    const atLeast = bins.reduce((sum, { different }) => sum + different, 0);
    if (atLeast > mostExactScores) continue;
    if (bins.some(({ score }) => score === undefined)) open.set(key, curve);
    else exact.set(key, single(bins));
  }
  if (open.size > 0) await readExact(engine, input, open, exact);
  return exact;
}

/** Bins that hold one score each, by its text, as the others are. */
function single(bins: readonly Bin[]): Counts {
  const sorted = bins.toSorted(({ score: a = "" }, { score: b = "" }) => (a < b ? -1 : 1));
  return Object.fromEntries(
    sorted.map(({ score = "", positives, negatives }) => [written(score), [positives, negatives] as const]),
  );
}

async function readExact(
  engine: Engine,
  input: SliceInput,
  open: ReadonlyMap<string, Curve>,
  exact: Map<string, Counts>,
): Promise<void> {
  const slices = [...open.values()].map(({ slice }) => slice);
  const asked = new Set(slices.map(({ attribute }) => attribute));
  const kept = { ...input, attributes: input.attributes.filter(({ name }) => asked.has(name)) };
  const buckets = input.bucketMs === undefined ? undefined : [...new Set(slices.map(({ bucket }) => bucket))];
  const rows = classScores(engine, { ...kept, buckets });
  const keys = ["k", "s"];
  const items = [...namedItems(kept), ...keys, "count(CASE WHEN y THEN 1 END) AS p", "count(*) AS n"];
  const counted = `SELECT ${items.join(", ")} FROM ${rows} ${sliceSets(kept, keys)}`;
  const few = `SELECT *, count(*) OVER (PARTITION BY x0, x1, x2, k) AS different FROM (${counted}) AS c`;
  const text = "string_agg(s || ':' || n || ':' || p, ',')";
  const sql = `SELECT x0, x1, x2, k, ${text} FROM (${few}) AS f WHERE different <= ${mostExactScores} GROUP BY x0, x1, x2, k`;
  const pace = pacing();
  for (const row of await engine.rows(sql, input.signal)) {
    const [code, scores] = row.slice(3);
    await pace(String(scores).length);
    const key = curveKey(sliceOf(kept, row), Number(code));
    if (!open.has(key)) continue;
    const counts: Record<string, readonly [number, number]> = {};
    eachToken(scores, (score, n, p) => {
      counts[written(score)] = [Number(p), n - Number(p)];
    });
    exact.set(key, counts);
  }
}
