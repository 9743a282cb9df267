/** Profiles made from rows, the slow and obvious way. */
import type { ModelConfig } from "../../src/config/config.ts";
import type { Measured, MetricInput, Reason } from "../../src/metrics/family.ts";
import type {
  CategoricalBins,
  CategoricalSummary,
  GroupSummary,
  NumericBins,
  NumericSummary,
  Profile,
  Reference,
  RegressionOutcome,
} from "../../src/profiles/profile.ts";

export interface LabelledRow {
  readonly label: number;
  readonly prediction: number;
  readonly group?: string;
}

const total = (values: readonly number[]): number => values.reduce((left, right) => left + right, 0);

export function outcomeOf(rows: readonly LabelledRow[], centre = 0): RegressionOutcome {
  const sum = (of: (e: number, y: number) => number) =>
    total(rows.map(({ label, prediction }) => of(prediction - label, label - centre)));
  const relative = rows.filter(({ label }) => label !== 0);
  const relativeSum = (of: (e: number) => number) =>
    total(relative.map(({ label, prediction }) => of((prediction - label) / label)));
  const absEBins: Record<string, number> = {};
  for (const { label, prediction } of rows) {
    const e = Math.abs(prediction - label);
    const key = e === 0 ? "zero" : String(Math.floor(Math.log(e) / Math.log(1.02)));
    absEBins[key] = (absEBins[key] ?? 0) + 1;
  }
  return {
    kind: "regression",
    n: rows.length,
    e: sum((e) => e),
    e2: sum((e) => e ** 2),
    e3: sum((e) => e ** 3),
    e4: sum((e) => e ** 4),
    absE: sum((e) => Math.abs(e)),
    absE3: sum((e) => Math.abs(e) ** 3),
    y: sum((_, y) => y),
    y2: sum((_, y) => y ** 2),
    y3: sum((_, y) => y ** 3),
    y4: sum((_, y) => y ** 4),
    e2y: sum((e, y) => e ** 2 * y),
    e2y2: sum((e, y) => e ** 2 * y ** 2),
    maxAbsE: Math.max(0, ...rows.map(({ label, prediction }) => Math.abs(prediction - label))),
    absT: total(rows.map(({ label }) => Math.abs(label))),
    absET: total(rows.map(({ label, prediction }) => Math.abs((prediction - label) * label))),
    t2: total(rows.map(({ label }) => label ** 2)),
    relN: relative.length,
    relE: relativeSum(Math.abs),
    relE2: relativeSum((ratio) => ratio ** 2),
    absEBins,
  };
}

/** A profile of labelled rows, sliced by the attribute `origin`. */
export function profileOf(
  rows: readonly LabelledRow[],
  columns: Profile["columns"] = {},
  centre = 0,
): Profile {
  const names = [...new Set(rows.map((row) => row.group).filter((name) => name !== undefined))];
  const origin = names.map((name): [string, GroupSummary] => {
    const own = rows.filter((row) => row.group === name);
    return [name, { rows: own.length, outcome: outcomeOf(own, centre) }];
  });
  return {
    rows: rows.length,
    labels: rows.length,
    duplicates: 0,
    columns,
    outputs: {},
    outcome: outcomeOf(rows, centre),
    groups: { origin: Object.fromEntries(origin) },
    lastMs: null,
    lastLabelledMs: null,
    labelTimeMs: null,
  };
}

/** The double just below a finite one that is not 0. */
function justBelow(value: number): number {
  const bits = new BigInt64Array(new Float64Array([value]).buffer);
  bits[0] = (bits[0] ?? 0n) - (value > 0 ? 1n : -1n);
  return new Float64Array(bits.buffer)[0] ?? Number.NaN;
}

/** Every distinct value has its own bin (v⁻, v]; the deciles are given as values. No value is 0. */
export function binsOf(values: readonly number[], deciles: readonly number[] = []): NumericBins {
  const sorted = [...new Set(values)].sort((left, right) => left - right);
  const edges = [...new Set(sorted.flatMap((value) => [justBelow(value), value]))];
  return {
    kind: "numeric",
    edges,
    deciles: deciles.map((value) => edges.indexOf(value)),
    min: sorted[0] ?? 0,
    max: sorted.at(-1) ?? 0,
    mean: total(values) / values.length,
  };
}

/** null is missing; infinite values are not finite. */
export function numericOf(values: readonly (number | null)[], bins: NumericBins): NumericSummary {
  const finite = values.filter((value) => value !== null && Number.isFinite(value)) as number[];
  const counts = Array.from({ length: bins.edges.length + 1 }, () => 0);
  for (const value of finite) {
    const interval = bins.edges.findIndex((edge) => value <= edge);
    const index = interval === -1 ? bins.edges.length : interval;
    counts[index] = (counts[index] ?? 0) + 1;
  }
  const missing = values.filter((value) => value === null).length;
  const mean = finite.length === 0 ? 0 : total(finite) / finite.length;
  return {
    kind: "numeric",
    rows: values.length,
    missing,
    notFinite: values.length - missing - finite.length,
    wrongType: 0,
    n: finite.length,
    mean,
    m2: total(finite.map((value) => (value - mean) ** 2)),
    min: finite.length === 0 ? null : Math.min(...finite),
    max: finite.length === 0 ? null : Math.max(...finite),
    counts,
    below: beyond(finite, (value) => bins.min - value),
    above: beyond(finite, (value) => value - bins.max),
  };
}

/** How many values lie beyond an end of the reference, and how far. */
function beyond(values: readonly number[], distance: (value: number) => number) {
  const far = values.map(distance).filter((by) => by > 0);
  return { n: far.length, beyond: total(far) };
}

export function categoricalOf(values: readonly (string | null)[], bins: CategoricalBins): CategoricalSummary {
  const count = (among: readonly string[]) =>
    values.filter((value) => value !== null && among.includes(value)).length;
  const counts = bins.categories.map((category) => count([category]));
  if (bins.other) counts.push(count(bins.rare));
  const missing = values.filter((value) => value === null).length;
  return {
    kind: "categorical",
    rows: values.length,
    missing,
    counts,
    unseen: values.length - missing - total(counts),
  };
}

export function referenceOf(profile: Profile, bins: Reference["bins"] = {}, centre = 0): Reference {
  return { hash: "0", bins, centre, profile, outputBins: {}, windows: {} };
}

export const someModel: ModelConfig = {
  name: "m",
  enabled: true,
  owner: { team: "", tier: "" },
  version: "1",
  task: "regression",
  positive: "1",
  threshold: 0.5,
  classes: [],
  columns: { id: [], prediction: "prediction", label: "label" },
  groups: [],
  predictions: { type: "files", path: "rows.csv", columns: {} },
  schedule: "* * * * *",
  timezone: "UTC",
  windows: [],
  windowEnd: "now",
  alertWindow: "all",
  performance: [],
  fairness: [],
  fairnessSignificance: 0.01,
  drift: { methods: {}, features: {}, share: 0.3, significance: 0.001 },
  describe: { features: [], distribution: false, quantiles: false, groupMetrics: [] },
  quality: {
    missing: "learned",
    not_finite: undefined,
    out_of_range: "learned",
    unseen: "learned",
    wrong_type: undefined,
    duplicate_ids: undefined,
    unmatched_labels: undefined,
  },
  retrain: { cooldown: { text: "0s", ms: 0 }, labels: 0 },
  limits: { series: 10_000, groups: 50, classes: 50, categories: 100 },
};

export function inputOf(
  model: Partial<ModelConfig>,
  window: Profile,
  reference?: Reference,
  blocks: readonly Profile[] = [],
): MetricInput {
  return {
    model: { ...someModel, ...model },
    window: {
      label: "all",
      version: "1",
      alerting: true,
      data: window,
      labelled: window,
      blocks,
      past: [],
      unmatchedLabels: null,
    },
    reference,
  };
}

/** The samples as `name{labels}` → value, labels sorted. */
export function table({ samples }: Measured): Record<string, number> {
  return Object.fromEntries(
    samples.map(({ name, labels, value }) => {
      const text = Object.keys(labels)
        .sort()
        .map((label) => `${label}=${labels[label]}`);
      return [`${name}{${text.join(",")}}`, value];
    }),
  );
}

/** What is absent, as `family: reason`. */
export const absent = ({ unmeasured }: Measured): `${string}: ${Reason}`[] =>
  unmeasured.map(({ family, reason }) => `${family}: ${reason}` as const);
