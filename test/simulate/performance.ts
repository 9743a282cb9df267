import type { PerformanceMetricName } from "../../src/config/config.ts";
import { measure } from "../../src/metrics/performance/interval.ts";
import { ofAnyOutcome } from "../../src/metrics/performance/metric.ts";
import { performanceMetrics } from "../../src/metrics/performance/metrics.ts";
import type { Outcome } from "../../src/profiles/profile.ts";
import { normalQuantile } from "../../src/statistics/distributions.ts";
import { type Random, seededRandom } from "../../src/statistics/random.ts";
import { type ClassRow, classOutcomeOf } from "../metrics/class-rows.ts";
import { type LabelledRow, outcomeOf } from "../metrics/rows.ts";

interface Window {
  readonly whole: Outcome;
  /** Seven, or none where rows are independent. */
  readonly blocks: readonly Outcome[];
}

/** Windows that are drawn alike, and what the metrics of endlessly many rows of them are. */
export interface Scene {
  readonly name: string;
  readonly rows: number | string;
  readonly truths: Readonly<Partial<Record<PerformanceMetricName, number>>>;
  draw(random: Random): Window;
}

export interface Coverage {
  readonly scene: Scene;
  readonly metric: PerformanceMetricName;
  /** Windows with an interval. */
  readonly windows: number;
  /** Shares of them whose interval lies wholly under, and wholly over the truth; where rows depend on each other also by row-wise errors. */
  readonly under: number;
  readonly over: number;
  readonly rowWise?: { readonly under: number; readonly over: number };
}

const several = <T>(n: number, make: (index: number) => T): T[] =>
  Array.from({ length: n }, (_, index) => make(index));

const independent =
  <Row>(make: (rows: readonly Row[]) => Outcome, rows: (random: Random) => Row[]) =>
  (random: Random): Window => ({ whole: make(rows(random)), blocks: [] });

const inBlocks =
  <Row>(make: (rows: readonly Row[]) => Outcome, draw: (random: Random) => Row[]) =>
  (random: Random): Window => {
    const rows = draw(random);
    const size = rows.length / 7;
    return { whole: make(rows), blocks: several(7, (b) => make(rows.slice(b * size, (b + 1) * size))) };
  };

/** Standard normal values, each correlated 0.8 with the one before. */
function dependent(random: Random, n: number): number[] {
  let value = random.normal();
  return several(n, () => {
    value = 0.8 * value + 0.6 * random.normal();
    return value;
  });
}

/** Student's with three degrees of freedom. */
const heavy = (random: Random): number =>
  random.normal() / Math.sqrt((random.normal() ** 2 + random.normal() ** 2 + random.normal() ** 2) / 3);

const withErrors = (labels: (random: Random) => number, error: (random: Random) => number, n: number) =>
  independent(outcomeOf, (random) =>
    several(n, (): LabelledRow => {
      const label = labels(random);
      return { label, prediction: label + error(random) };
    }),
  );

const normalLabels = (random: Random) => Math.sqrt(5) * random.normal();
const evenLabels = (random: Random) => 10 + 10 * random.uniform();
const normal = (random: Random) => random.normal();
const meanOfNormal = Math.sqrt(2 / Math.PI);
const normalTruths = {
  mean_absolute_error: meanOfNormal,
  mean_squared_error: 1,
  root_mean_squared_error: 1,
  mean_error: 0,
} as const;
const heavyTruths = {
  mean_absolute_error: (2 * Math.sqrt(3)) / Math.PI,
  root_mean_squared_error: Math.sqrt(3),
  mean_error: 0,
} as const;

const errors: Scene[] = [
  ...[30, 100, 1_000].map((rows) => ({
    name: "normal errors",
    rows,
    truths: { ...normalTruths, r2: 0.8 },
    draw: withErrors(normalLabels, normal, rows),
  })),
  {
    name: "normal errors, labels 10 to 20",
    rows: 100,
    truths: {
      mean_absolute_percentage_error: (meanOfNormal * Math.log(2)) / 10,
      weighted_absolute_percentage_error: meanOfNormal / 15,
    },
    draw: withErrors(evenLabels, normal, 100),
  },
  ...[100, 1_000].map((rows) => ({
    name: "heavy tails (Student, 3 degrees)",
    rows,
    truths: heavyTruths,
    draw: withErrors(normalLabels, heavy, rows),
  })),
  ...[350, 2_100].map((rows) => ({
    name: "AR(1) 0.8, normal errors",
    rows,
    truths: normalTruths,
    draw: inBlocks(outcomeOf, (random) =>
      dependent(random, rows).map((e): LabelledRow => ({ label: 0, prediction: e })),
    ),
  })),
];

const right = (share: number, rows: readonly number[]): ClassRow[] =>
  rows.map((value) => ({ label: value < share ? "1" : "0", prediction: "1" }));

const rates: Scene[] = [
  ...[0.5, 0.9, 0.99].flatMap((accuracy) =>
    [30, 300].map((rows) => ({
      name: `right in ${accuracy}`,
      rows,
      truths: { accuracy },
      draw: independent(classOutcomeOf, (random) =>
        right(
          accuracy,
          several(rows, () => random.uniform()),
        ),
      ),
    })),
  ),
  ...[350, 2_100].map((rows) => ({
    name: "AR(1) 0.8, right in 0.9",
    rows,
    truths: { accuracy: 0.9 },
    draw: inBlocks(
      (some: readonly ClassRow[]) => classOutcomeOf(some),
      (random) => right(normalQuantile(0.9), dependent(random, rows)),
    ),
  })),
];

/** Normal scores so far apart that the area is so much. */
const shiftFor = (area: number) => Math.SQRT2 * normalQuantile(area);

const areas: Scene[] = [
  ...(
    [
      [15, 15, 0.99],
      [15, 15, 0.8],
      [100, 100, 0.99],
      [20, 500, 0.7],
      [5, 200, 0.95],
    ] as const
  ).map(([positives, negatives, area]) => ({
    name: `area ${area}`,
    rows: `${positives} + ${negatives}`,
    truths: { roc_auc: area },
    draw: independent(classOutcomeOf, (random) => [
      ...several(positives, () => ({
        label: "1",
        prediction: "1",
        probability: random.normal() + shiftFor(area),
      })),
      ...several(negatives, () => ({ label: "0", prediction: "1", probability: random.normal() })),
    ]),
  })),
  {
    name: "AR(1) 0.8, area 0.8",
    rows: 350,
    truths: { roc_auc: 0.8 },
    draw: inBlocks(
      (some: readonly ClassRow[]) => classOutcomeOf(some),
      (random) =>
        dependent(random, 350).map((noise) => {
          // Whether a row is positive depends on the one before, and so does its score.
          const positive = random.uniform() < 0.5;
          return {
            label: positive ? "1" : "0",
            prediction: "1",
            probability: (positive ? shiftFor(0.8) : 0) + (positive ? noise : -noise),
          };
        }),
    ),
  },
];

/** Shares of actual × predicted; the metrics' truth is what they are of very many rows so shared out. */
function counted(
  name: string,
  shares: Readonly<Record<string, Readonly<Record<string, number>>>>,
  positive: string | null,
  metrics: readonly PerformanceMetricName[],
  sizes: readonly number[],
): Scene[] {
  const cells = Object.entries(shares).flatMap(([label, row]) =>
    Object.entries(row).map(([prediction, share]) => ({ label, prediction, share })),
  );
  const whole = {
    ...classOutcomeOf([], positive),
    n: 1e6,
    confusion: Object.fromEntries(
      Object.entries(shares).map(([label, row]) => [
        label,
        Object.fromEntries(Object.entries(row).map(([prediction, share]) => [prediction, 1e6 * share])),
      ]),
    ),
  };
  const truths = Object.fromEntries(
    metrics.map((metric) => [metric, Number(ofAnyOutcome(performanceMetrics[metric]).estimate(whole))]),
  );
  return sizes.map((rows) => ({
    name,
    rows,
    truths,
    draw: independent(
      (some: readonly ClassRow[]) => classOutcomeOf(some, positive),
      (random) =>
        several(rows, () => {
          let left = random.uniform();
          const { label, prediction } = cells.find(({ share }) => {
            left -= share;
            return left < 0;
          }) ?? { label: "a", prediction: "a" };
          return { label, prediction };
        }),
    ),
  }));
}

const counts: Scene[] = [
  ...counted(
    "30 % positive, recall 0.7, specificity 0.9",
    { "1": { "1": 0.21, "0": 0.09 }, "0": { "1": 0.07, "0": 0.63 } },
    "1",
    ["precision", "recall", "f1", "balanced_accuracy", "matthews_correlation", "cohen_kappa"],
    [80, 200, 1_000],
  ),
  ...counted(
    "three classes",
    {
      a: { a: 0.4, b: 0.06, c: 0.04 },
      b: { a: 0.06, b: 0.2, c: 0.04 },
      c: { a: 0.05, b: 0.05, c: 0.1 },
    },
    null,
    ["f1_macro", "f1_weighted", "precision_macro", "precision_weighted", "recall_macro", "cohen_kappa"],
    [200, 1_000],
  ),
];

const losses: Scene[] = [
  {
    name: "calibrated, 0.2 or 0.8",
    rows: 100,
    truths: { brier_score: 0.16, log_loss: -(0.2 * Math.log(0.2) + 0.8 * Math.log(0.8)) },
    draw: independent(classOutcomeOf, (random) =>
      several(100, () => {
        const probability = random.uniform() < 0.5 ? 0.2 : 0.8;
        return { label: random.uniform() < probability ? "1" : "0", prediction: "1", probability };
      }),
    ),
  },
];

export const scenes: readonly Scene[] = [...errors, ...rates, ...areas, ...counts, ...losses];

/** How often the intervals of so many windows miss the truth, and on which side. */
export function coverage(scene: Scene, windows: number, seed = 1927): Coverage[] {
  const random = seededRandom(seed);
  const drawn = several(windows, () => scene.draw(random));
  const missed = (metric: PerformanceMetricName, truth: number, clustered: boolean) => {
    const ends = drawn.flatMap(({ whole, blocks }) => {
      const found = measure(performanceMetrics[metric], whole, clustered ? blocks : []);
      return typeof found === "string" || typeof found.interval === "string" ? [] : [found.interval.ends];
    });
    return {
      windows: ends.length,
      under: ends.filter(({ upper }) => upper < truth).length / ends.length,
      over: ends.filter(({ lower }) => lower > truth).length / ends.length,
    };
  };
  const inSeven = (drawn[0]?.blocks.length ?? 0) > 0;
  return (Object.entries(scene.truths) as [PerformanceMetricName, number][]).map(([metric, truth]) => ({
    scene,
    metric,
    ...missed(metric, truth, true),
    ...(inSeven && { rowWise: missed(metric, truth, false) }),
  }));
}

/** What is found of every scene, as the table that docs/statistics.md shows. */
export function coverageTable(found: readonly Coverage[]): string {
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  const lines = found.map(({ scene, metric, under, over, rowWise }) => {
    const alone = rowWise === undefined ? "" : percent(1 - rowWise.under - rowWise.over);
    const cells = [metric, scene.name, scene.rows, percent(1 - under - over), percent(under), percent(over)];
    return `| ${[...cells, alone].join(" | ")} |`;
  });
  return [
    "| metric | rows are | how many | interval holds the truth | lies under it | lies over it | holds it, row-wise errors |",
    "| --- | --- | --- | --- | --- | --- | --- |",
    ...lines,
    "",
  ].join("\n");
}
