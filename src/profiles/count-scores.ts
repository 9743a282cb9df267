import type { Engine, Value } from "../engines/engine.ts";
import {
  type BinnedCurve,
  binItems,
  binnedCurve,
  binsText,
  type Curve,
  curveKey,
  curveSize,
  type ScoreSlices,
  singleScores,
} from "./count-score-bins.ts";
import { pacing } from "./pace.ts";
import type { ScoreCounts, ScoreOutcome } from "./profile.ts";
import { scoreCodeSql } from "./score-bins.ts";
import { mostExactScores, type ScoreEntry, scoreCounts } from "./score-outcome.ts";
import {
  groupNames,
  namedItems,
  type SliceInput,
  slicedRows,
  sliceKey,
  sliceOf,
  sliceSets,
} from "./slices.ts";

/** Calls back with the tokens of a text of ours, each cut at its colons: there may be a million. */
function eachToken(
  text: Value | undefined,
  call: (first: string, second: number, rest: string) => void,
): void {
  if (text == null) return;
  for (const token of String(text).split(",")) {
    const one = token.indexOf(":");
    const two = token.indexOf(":", one + 1);
    const end = two < 0 ? token.length : two;
    call(token.slice(0, one), Number(token.slice(one + 1, end)), token.slice(end + 1));
  }
}

/** Slice → class → its scores: exact where there are at most 1,000 different ones, else by bin. */
export async function countScores(
  engine: Engine,
  input: SliceInput,
  scores: ScoreSlices,
): Promise<Map<string, Record<string, ScoreOutcome>>> {
  if (input.schema.task !== "binary") await addSeveral(engine, input, scores);
  const binned = new Map<string, BinnedCurve>();
  const exact = new Map<string, ScoreCounts>();
  const open = new Map<string, Curve>();
  const pace = pacing();
  for (const [key, curve] of scores.curves) {
    await pace(curveSize(curve));
    const bins = binnedCurve(curve);
    binned.set(key, bins);
    // The bins alone tell most curves that have too many, and those whose every bin holds one; only the others are asked for once more.
    if (bins.different > mostExactScores) continue;
    const single = singleScores(curve);
    if (single === undefined) open.set(key, curve);
    else exact.set(key, single);
  }
  for (const some of parts(open, (key) => rowsOf(binned.get(key) ?? emptyCurve)))
    await readExact(engine, input, some, exact);
  const found = new Map<string, Map<string, ScoreOutcome>>();
  for (const [key, { slice, code }] of [...scores.curves].sort(([, a], [, b]) => a.code - b.code)) {
    const { positives, negatives, scores } = binned.get(key) ?? emptyCurve;
    const classes = found.get(sliceKey(slice)) ?? new Map<string, ScoreOutcome>();
    found.set(sliceKey(slice), classes);
    classes.set(input.answers.scores[code]?.class ?? "", {
      positives,
      negatives,
      scores: exact.get(key) ?? scores,
    });
  }
  return new Map([...found].map(([key, classes]) => [key, Object.fromEntries(classes)]));
}

const rowsOf = ({ positives, negatives }: BinnedCurve) => positives + negatives;

/** Rows whose scores are read at once: what an engine hands over in one piece holds the event loop. */
const rowsPerPart = 200_000;

/** The curves of a few buckets at a time. */
function parts(curves: ReadonlyMap<string, Curve>, rows: (key: string) => number): Map<string, Curve>[] {
  const found: Map<string, Curve>[] = [];
  let [room, bucket] = [0, Number.NaN];
  for (const [key, curve] of [...curves].sort(([, a], [, b]) => a.slice.bucket - b.slice.bucket)) {
    if (room <= 0 && curve.slice.bucket !== bucket) {
      found.push(new Map());
      room = rowsPerPart;
    }
    bucket = curve.slice.bucket;
    room -= rows(key);
    found.at(-1)?.set(key, curve);
  }
  return found;
}

const emptyCurve: BinnedCurve = {
  positives: 0,
  negatives: 0,
  scores: { kind: "binned", at: [], positives: [], negatives: [] },
  different: 0,
};

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

/** Adds the scores of curves that have few, as they are. */
async function readExact(
  engine: Engine,
  input: SliceInput,
  open: ReadonlyMap<string, Curve>,
  exact: Map<string, ScoreCounts>,
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
    const entries: ScoreEntry[] = [];
    eachToken(scores, (score, n, p) => {
      entries.push([Number(score) + 0, Number(p), n - Number(p)]);
    });
    exact.set(key, scoreCounts("exact", entries));
  }
}
