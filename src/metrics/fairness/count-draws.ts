import type { ClassOutcome } from "../../profiles/profile.ts";
import { binomialSampler, multinomialDraw } from "../../statistics/binomial.ts";
import type { Random } from "../../statistics/random.ts";
import type { Reason } from "../family.ts";
import { classesOf, confusionOf, type Tally, tallyOf } from "../performance/tally.ts";
import type { InTurns } from "./in-turns.ts";

type OfTally = (tally: Tally) => number | Reason;

/** Draws of each group's own counts where there are several classes; 9,999 times they are combined at random over the groups. */
const drawsOfSeveral = 1_000;

/**
 * Per group the metric of its own actual counts were the predictions of each actual class shared out as they are over all groups.
 * Binary: true positives and false positives are binomial. A draw without a value is NaN and leaves the group out of its comparison.
 */
export function* pooledCountDraws(
  of: OfTally,
  outcomes: readonly ClassOutcome[],
  random: Random,
  draws: number,
): InTurns<Float64Array[]> {
  const classes = sharedClasses(outcomes);
  const binary = outcomes.every(({ positive }) => positive !== null);
  const size = classes.length;
  const groups = outcomes.map((outcome) => confusionOf(outcome, classes).cells);
  const pooled = Array.from({ length: size * size }, (_, cell) =>
    groups.reduce((sum, cells) => sum + (cells[cell] ?? 0), 0),
  );
  const all: Float64Array[] = [];
  for (const own of groups) {
    const samplers = classes.map((_, actual) => {
      const row = (counts: readonly number[]) => counts.slice(actual * size, (actual + 1) * size);
      return rowSampler(totalOf(row(own)), row(pooled));
    });
    const cells = own.slice();
    const once = () => {
      for (let actual = 0; actual < size; actual += 1) samplers[actual]?.(random, cells, actual * size);
      return numberOrNaN(of(tallyOf({ binary, classes, cells })));
    };
    if (size <= 2) {
      all.push(yield* filled(draws, once));
      continue;
    }
    const few = yield* filled(drawsOfSeveral, once);
    all.push(yield* filled(draws, () => few[Math.floor(random.uniform() * drawsOfSeveral)] as number));
  }
  return all;
}

/** Draws between two turns: some milliseconds of them where classes are many. */
const drawsATurn = 100;

function* filled(length: number, value: () => number): InTurns<Float64Array> {
  const values = new Float64Array(length);
  for (let index = 0; index < length; index += 1) {
    if (index % drawsATurn === 0) yield;
    values[index] = value();
  }
  return values;
}

/** Of a binary task the positive class first, as a tally wants it; else the classes of any group, by text. */
function sharedClasses(outcomes: readonly ClassOutcome[]): string[] {
  const classes = [...new Set(outcomes.flatMap((outcome) => classesOf(outcome)))];
  return outcomes.every(({ positive }) => positive !== null) ? classes : classes.sort();
}

/** Writes counts of one actual class into `cells` from `start` on. */
type RowSampler = (random: Random, cells: number[], start: number) => void;

/** Predictions of one actual class, shared out as the pooled counts are: tabulated for two classes, else drawn cell by cell. */
function rowSampler(trials: number, pooled: readonly number[]): RowSampler {
  const total = totalOf(pooled);
  // The cells are and stay 0.
  if (total === 0) return () => {};
  const shares = pooled.map((count) => count / total);
  if (shares.length !== 2)
    return (random, cells, start) => multinomialDraw(random, trials, shares, cells, start);
  const sample = binomialSampler(trials, shares[0] ?? 0);
  return (random, cells, start) => {
    const first = sample(random);
    cells[start] = first;
    cells[start + 1] = trials - first;
  };
}

const totalOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const numberOrNaN = (value: number | Reason): number => (typeof value === "string" ? Number.NaN : value);
