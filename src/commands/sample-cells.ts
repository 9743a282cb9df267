import type { FamilyName, Sample } from "../catalogue.ts";
import { figure } from "./text.ts";

/** The samples of one window, as cells of tables. */
export interface Cells {
  of(name: FamilyName): readonly Sample[];
  /** A companion's value. */
  value(sample: Sample, suffix: string): number | undefined;
  /** The same as text, empty where it is absent. */
  text(sample: Sample, suffix: string): string;
  /** `[lower, upper]`, empty where there is none. */
  interval(sample: Sample): string;
  /** A word where a companion is 1. */
  flag(sample: Sample, suffix: string, word: string): string;
}

const keyOf = (name: string, labels: Sample["labels"]) =>
  JSON.stringify([name, ...Object.entries(labels).sort(([one], [other]) => (one < other ? -1 : 1))]);

/** Looks companions up by their labels. */
export function cellsOf(samples: readonly Sample[]): Cells {
  const families = new Map<FamilyName, Sample[]>();
  for (const sample of samples) {
    const list = families.get(sample.name);
    if (list) list.push(sample);
    else families.set(sample.name, [sample]);
  }
  const values = new Map(samples.map(({ name, labels, value }) => [keyOf(name, labels), value]));
  const value = (sample: Sample, suffix: string) =>
    values.get(keyOf(`${sample.name}${suffix}`, sample.labels));
  const text = (sample: Sample, suffix: string) => figure(value(sample, suffix));
  return {
    of: (name) => families.get(name) ?? [],
    value,
    text,
    interval(sample) {
      const lower = text(sample, "_ci_lower");
      return lower && `[${lower}, ${text(sample, "_ci_upper")}]`;
    },
    flag: (sample, suffix, word) => (value(sample, suffix) === 1 ? word : ""),
  };
}
