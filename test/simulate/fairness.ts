import type { FairnessMeasureName } from "../../src/config/config.ts";
import { fairness } from "../../src/metrics/fairness/fairness.ts";
import type { Outcome } from "../../src/profiles/profile.ts";
import { binomialSampler } from "../../src/statistics/binomial.ts";
import { type Random, seededRandom } from "../../src/statistics/random.ts";
import { classOutcomeOf } from "../metrics/class-rows.ts";
import { inputOf, outcomeOf, profileOf } from "../metrics/rows.ts";

/** Groups and what is drawn of them; the first differs from the others by `gap`. */
export interface Scene {
  readonly kind: "rate" | "normal errors" | "lognormal errors";
  /** Of rates: that of the other groups. */
  readonly rate?: number;
  readonly gap: number;
  readonly groups: number;
  readonly rows: number;
}

export interface Found {
  readonly scene: Scene;
  readonly family: "difference" | "ratio";
  readonly windows: number;
  /** Windows with p under 0.05 and 0.01. */
  readonly under05: number;
  readonly under01: number;
  /** Windows whose interval holds the true difference or ratio. */
  readonly covered: number;
}

const empty = classOutcomeOf([]);

/** A group's outcome and the truth of it: the rate, or the mean absolute error. */
interface Drawn {
  readonly truth: number;
  draw(random: Random): Outcome;
}

function groupOf({ kind, rate = 0, gap, rows }: Scene, index: number): Drawn {
  if (kind === "rate") {
    const truth = rate + (index === 0 ? gap : 0);
    const sample = binomialSampler(rows, truth);
    return {
      truth,
      draw: (random) => {
        const selected = sample(random);
        return { ...empty, n: rows, confusion: { "0": { "1": selected, "0": rows - selected } } };
      },
    };
  }
  // Mean 1, or 1 + gap, of what is absolute already.
  const scale = 1 + (index === 0 ? gap : 0);
  const one =
    kind === "normal errors"
      ? (random: Random) => Math.abs(random.normal()) / Math.sqrt(2 / Math.PI)
      : (random: Random) => Math.exp(random.normal() - 0.5);
  return {
    truth: scale,
    draw: (random) =>
      outcomeOf(Array.from({ length: rows }, () => ({ label: 0, prediction: scale * one(random) }))),
  };
}

/** So many windows of a scene, measured as every evaluation measures them. */
export function simulate(scene: Scene, windows: number, seed: number): Found[] {
  const random = seededRandom(seed);
  const groups = Array.from({ length: scene.groups }, (_, index) => groupOf(scene, index));
  const truths = groups.map(({ truth }) => truth);
  const metric = scene.kind === "rate" ? "selection_rate" : "mean_absolute_error";
  const found = (["difference", "ratio"] as const).map((family) => ({
    scene,
    family,
    windows,
    under05: 0,
    under01: 0,
    covered: 0,
    truth:
      family === "difference"
        ? Math.max(...truths) - Math.min(...truths)
        : Math.min(...truths) / Math.max(...truths),
  }));
  for (let window = 0; window < windows; window += 1) {
    const drawn = groups.map((group, index) => [
      `g${index}`,
      { rows: scene.rows, outcome: group.draw(random) },
    ]);
    const origin = Object.fromEntries(drawn);
    const whole = { ...profileOf([]), rows: 1, outcome: origin.g0.outcome, groups: { origin } };
    for (const one of found) {
      const measure: FairnessMeasureName = `${metric}_${one.family}`;
      const task = scene.kind === "rate" ? "binary" : "regression";
      const { samples } = fairness(
        inputOf({ task, minGroup: 2, fairness: [{ attribute: "origin", measure }] }, whole),
      );
      const value = (suffix: string) =>
        samples.find(({ name }) => name === `ml_fairness_${one.family}${suffix}`)?.value;
      const [p = 1, lower = 0, upper = one.family === "ratio" ? 1 : 0] = [
        "_p_value",
        "_ci_lower",
        "_ci_upper",
      ].map(value);
      if (p < 0.05) one.under05 += 1;
      if (p < 0.01) one.under01 += 1;
      if (lower <= one.truth && one.truth <= upper) one.covered += 1;
    }
  }
  return found;
}

const rates = (groups: number): Scene[] => [
  { kind: "rate", rate: 0.3, gap: 0, groups, rows: 30 },
  { kind: "rate", rate: 0.5, gap: 0, groups, rows: 30 },
  { kind: "rate", rate: 0.3, gap: 0, groups, rows: 300 },
  { kind: "rate", rate: 0.05, gap: 0, groups, rows: 100 },
  { kind: "rate", rate: 0.97, gap: 0, groups, rows: 100 },
  { kind: "rate", rate: 0.3, gap: 0.1, groups, rows: 300 },
];

const errors = (groups: number): Scene[] => [
  { kind: "normal errors", gap: 0, groups, rows: 100 },
  { kind: "lognormal errors", gap: 0, groups, rows: 100 },
  { kind: "lognormal errors", gap: 0, groups, rows: 1_000 },
  { kind: "normal errors", gap: 0.2, groups, rows: 100 },
];

/** Equal groups and groups that differ: 2, 4 and 10 of them. */
export const scenes: readonly Scene[] = [2, 4, 10].flatMap((groups) => [...rates(groups), ...errors(groups)]);

/** What `npm run simulate` finds of every scene, and as the table that docs/statistics.md shows. */
export function fairnessTable(
  windows: number,
  seed = 1,
): { readonly table: string; readonly found: readonly Found[] } {
  const found = scenes.flatMap((scene) => simulate(scene, windows, seed));
  const percent = (count: number) => `${((100 * count) / windows).toFixed(1)} %`;
  const lines = found.map(({ scene, family, under05, under01, covered }) => {
    const { kind, rate, gap, groups, rows } = scene;
    const what = rate === undefined ? kind : `rate ${rate}`;
    const alarms = gap === 0 ? [percent(under05), percent(under01)] : ["", ""];
    return `| ${[what, gap || "", groups, rows, family, ...alarms, percent(covered)].join(" | ")} |`;
  });
  const head =
    "| groups of | one apart by | groups | rows each | measure | p < 0.05 | p < 0.01 | interval holds the truth |";
  return {
    table: [head, "| --- | --- | --- | --- | --- | --- | --- | --- |", ...lines, ""].join("\n"),
    found,
  };
}
