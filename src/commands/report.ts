import type { FamilyName, Sample } from "../catalogue.ts";
import type { Finding } from "../exporter/finding.ts";
import { reasons } from "../metrics/family.ts";
import { aligned, count, figure, moment } from "./text.ts";

/** Rows under headings and a line after them; nothing when there are no rows. */
const table = (headings: readonly string[], rows: readonly (readonly string[])[]): string[] =>
  rows.length === 0 ? [] : [...aligned([headings, ...rows], 2), ""];

/** What one evaluation says of one model, for people at a terminal. */
export function report(name: string, samples: readonly Sample[], findings: readonly Finding[]): string {
  const windows = [...new Set(samples.flatMap((sample) => sample.labels.window ?? []))];
  const lines = [name, ...findings.map((finding) => `  ${finding.severity}: ${finding.sentence}`), ""];
  for (const window of windows)
    lines.push(
      ...windowReport(
        samples.filter((s) => s.labels.window === window),
        window,
      ),
    );
  return lines.join("\n");
}

function windowReport(samples: readonly Sample[], window: string): string[] {
  const find = (name: FamilyName, like: Sample) =>
    samples.find(
      (s) => s.name === name && Object.entries(like.labels).every(([key, value]) => s.labels[key] === value),
    )?.value;
  const of = (name: FamilyName) => samples.filter((sample) => sample.name === name);
  const companion = (sample: Sample, suffix: string) =>
    figure(find(`${sample.name}${suffix}` as FamilyName, sample));
  const interval = (sample: Sample) => {
    const lower = companion(sample, "_ci_lower");
    return lower && `[${lower}, ${companion(sample, "_ci_upper")}]`;
  };
  const yes = (sample: Sample, suffix: string, word: string) =>
    find(`${sample.name}${suffix}` as FamilyName, sample) === 1 ? word : "";
  const single = (name: FamilyName) => of(name)[0]?.value;
  const end = single("ml_window_end_timestamp_seconds");
  const to = end === undefined ? "" : ` to ${moment(end * 1000)} UTC`;
  const labels = single("ml_window_labels");
  const labelled = labels === undefined ? "" : `, ${labels} labelled`;
  return [
    `  window ${window}${to}: ${count(single("ml_window_predictions") ?? 0, "row")}${labelled}`,
    "",
    ...table(
      ["metric", "value", "95 % interval", "rows", "baseline", "at least", "at most", ""],
      of("ml_performance").map((s) => [
        s.labels.metric ?? "", figure(unrounded(s.value)), interval(s), companion(s, "_samples"), figure(unrounded(find("ml_performance_baseline", s))),
        companion(s, "_target_lower"), companion(s, "_target_upper"), yes(s, "_missed", "missed"),
      ]), // biome-ignore format: one cell after the other
    ),
    ...table(
      ["attribute", "fairness measure", "value", "95 % interval", "p", "limit", ""],
      of("ml_fairness_difference").map((s) => [
        s.labels.attribute ?? "", s.labels.measure ?? "", figure(s.value), interval(s), companion(s, "_p_value"),
        companion(s, "_limit"), yes(s, "_detected", "unfair"),
      ]), // biome-ignore format: one cell after the other
    ),
    ...table(
      ["feature", "drift method", "score", "p", "limit", ""],
      of("ml_feature_drift").map((s) => [
        s.labels.feature ?? "", s.labels.method ?? "", figure(s.value), companion(s, "_p_value"),
        companion(s, "_limit"), yes(s, "_detected", "drift"),
      ]), // biome-ignore format: one cell after the other
    ),
    ...table(
      ["feature", "check", "ratio", "lower bound", "limit", ""],
      of("ml_feature_quality_ratio")
        .filter((s) => s.value > 0)
        .map((s) => [
          s.labels.feature ?? "", s.labels.check ?? "", figure(s.value), companion(s, "_ci_lower"),
          companion(s, "_limit"), yes(s, "_detected", "faulty"),
        ]), // biome-ignore format: one cell after the other
    ),
    ...unmeasured(of("ml_unmeasured_values")),
  ];
}

/** Sums of rows that cancel leave the rounding of doubles: no error of a model is as small. */
const unrounded = (value: number | undefined) => (value !== undefined && Math.abs(value) < 1e-9 ? 0 : value);

/** What is absent, a line for each reason. */
function unmeasured(samples: readonly Sample[]): string[] {
  const families = new Map<string, string[]>();
  for (const { labels, value } of samples) {
    const reason = labels.reason ?? "";
    families.set(reason, [...(families.get(reason) ?? []), `${value} of ${labels.family}`]);
  }
  const lines = [...families].map(([reason, absent]) => {
    const why = (reasons as Readonly<Record<string, string>>)[reason] ?? reason;
    return `  not measured: ${absent.join(", ")}. ${why}`;
  });
  return lines.length === 0 ? [] : [...lines, ""];
}
