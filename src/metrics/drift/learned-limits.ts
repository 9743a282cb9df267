import type { DriftMethodName } from "../../config/config.ts";
import type { Reference } from "../../profiles/profile.ts";
import { predictionBound } from "../../statistics/learned.ts";
import { quantile } from "../../statistics/samples.ts";
import { valuesOf } from "../columns.ts";
import { eachAgainstOthers, remembering } from "../learned.ts";
import { compare } from "./cells.ts";
import { type DriftColumn, scoreOf } from "./column.ts";
import { driftMethods } from "./methods.ts";

/** Probability that a window like the reference's is beyond a learned limit. */
const tail = 0.001;

/** What the reference's own windows show of a column: their scores against the others, and how many values they hold. */
interface Usual {
  /** On the root scale where the method has one; signed. */
  readonly scores: readonly number[];
  readonly medianSamples: number;
}

const remembered = remembering<Usual>();

/** Each of the reference's windows that are as long as the live one against the others merged. */
function compareWindows(
  reference: Reference,
  window: string,
  column: DriftColumn,
  name: DriftMethodName,
): Usual {
  const { bins } = column;
  const windows = reference.windows[window] ?? [];
  const scores: number[] = [];
  const samples: number[] = [];
  for (const { own, others } of eachAgainstOthers(windows.map(({ profile }) => column.of(profile)))) {
    if (bins === undefined || valuesOf(own) === 0 || valuesOf(others) === 0) continue;
    const compared = compare(bins, others, own);
    const score = compared && scoreOf(compared, name);
    if (typeof score !== "number") continue;
    scores.push(driftMethods[name].scale === "root" ? Math.sqrt(score) : score);
    samples.push(valuesOf(own));
  }
  return { scores, medianSamples: samples.length === 0 ? 0 : quantile(samples, 0.5) };
}

const bySide = { up: (up: number) => up, down: (_: number, down: number) => down, both: Math.max };

export interface LearnedLimit {
  readonly limit: number;
  /** Fewest values that a window must have to be judged by it: half of what the reference's windows usually have. */
  readonly fewest: number;
}

/**
 * The most that another window like the reference's would score, never under half the method's default; with fewer than ten
 * windows the default. Of a signed method the bound of the given direction, or the wider of both.
 */
export function learnedLimit(
  reference: Reference,
  window: string,
  column: DriftColumn,
  name: DriftMethodName,
  direction: "up" | "down" | undefined,
): LearnedLimit {
  const { defaultLimit, signed, scale } = driftMethods[name];
  const { scores, medianSamples } = remembered(reference, JSON.stringify([window, column.key, name]), () =>
    compareWindows(reference, window, column, name),
  );
  const up = predictionBound(scores, tail);
  const down = predictionBound(
    scores.map((score) => -score),
    tail,
  );
  if (up === undefined || down === undefined) return { limit: defaultLimit, fewest: 0 };
  const bound = signed === undefined ? up : bySide[direction ?? "both"](up, down);
  const limit = scale === "root" ? bound * bound : bound;
  return { limit: Math.max(limit, defaultLimit / 2), fewest: medianSamples / 2 };
}
