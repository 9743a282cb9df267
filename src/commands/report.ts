import type { FamilyName, Sample } from "../catalogue.ts";
import type { Finding } from "../exporter/finding.ts";

/** Six significant digits at most, without trailing zeros; small p-values in powers of ten. */
export function figure(value: number | undefined): string {
  if (value === undefined) return "";
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(value !== 0 && Math.abs(value) < 1 ? 3 : 4)));
}

/** Rows under headings, columns as wide as they need to be; nothing when there are no rows. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    `  ${cells.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("  ")}`.trimEnd();
  return [line(headings), ...rows.map(line), ""];
}

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
  const to = end === undefined ? "" : ` to ${new Date(end * 1000).toISOString().slice(0, 19)}Z`;
  return [
    `  window ${window}${to}: ${single("ml_window_predictions") ?? 0} rows, ${single("ml_window_labels") ?? 0} labelled`,
    "",
    ...table(
      ["metric", "value", "95 % interval", "rows", "baseline", "least", "most", ""],
      of("ml_performance").map((s) => [
        s.labels.metric ?? "", figure(s.value), interval(s), companion(s, "_samples"), companion(s, "_baseline"),
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
      ["feature", "check", "ratio", "at least", "limit", ""],
      of("ml_feature_quality_ratio")
        .filter((s) => s.value > 0)
        .map((s) => [
          s.labels.feature ?? "", s.labels.check ?? "", figure(s.value), companion(s, "_ci_lower"),
          companion(s, "_limit"), yes(s, "_detected", "faulty"),
        ]), // biome-ignore format: one cell after the other
    ),
    ...of("ml_unmeasured_values").map(
      (s) => `  ${s.value} of ${s.labels.family} not measured: ${s.labels.reason}`,
    ),
    "",
  ];
}
