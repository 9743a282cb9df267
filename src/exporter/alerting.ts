import type { FamilyName, Sample } from "../catalogue.ts";

type Labels = Readonly<Record<string, string>>;

/** The samples whose findings may alert: of the alerting window and version, and those that depend on neither. */
export interface Alerting {
  /** undefined when no window alerts. */
  readonly window: string | undefined;
  readonly version: string | undefined;
  /** Whether the model has other versions, too. */
  readonly several: boolean;
  all(name: FamilyName): readonly Sample[];
  /** Value of the series with exactly the labels of another (a companion), or of the only one when none is given. */
  value(name: FamilyName, labels?: Labels): number | undefined;
}

/** Picks them as the alert rules do by joining `ml_window_alerting == 1`. */
export function alertingSamples(samples: readonly Sample[]): Alerting {
  const chosen = samples.find(({ name, value }) => name === "ml_window_alerting" && value === 1)?.labels;
  const byName = new Map<FamilyName, Sample[]>();
  const byLabels = new Map<string, number>();
  for (const sample of samples) {
    const { name, labels, value } = sample;
    if (labels.window !== undefined && !sameWindow(labels, chosen)) continue;
    const list = byName.get(name);
    if (list) list.push(sample);
    else byName.set(name, [sample]);
    byLabels.set(identity(name, labels), value);
  }
  const versions = new Set(
    samples.flatMap(({ name, labels }) => (name === "ml_window_alerting" ? [labels.version] : [])),
  );
  return {
    window: chosen?.window,
    version: chosen?.version,
    several: versions.size > 1,
    all: (name) => byName.get(name) ?? [],
    value: (name, labels) => (labels ? byLabels.get(identity(name, labels)) : byName.get(name)?.[0]?.value),
  };
}

function sameWindow(labels: Labels, chosen: Labels | undefined): boolean {
  return labels.window === chosen?.window && labels.version === chosen?.version;
}

function identity(name: string, labels: Labels): string {
  return JSON.stringify([name, ...Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
