import type { FamilyName, Sample } from "../catalogue.ts";
import type { Finding } from "../exporter/finding.ts";
import { reasons } from "../metrics/family.ts";
import { reportTables } from "./report-tables.ts";
import { type Cells, cellsOf } from "./sample-cells.ts";
import { count, figure, moment } from "./text.ts";

/** What one evaluation says of one model, for people at a terminal. */
export function report(name: string, samples: readonly Sample[], findings: readonly Finding[]): string {
  const windowed = samples.filter(({ labels }) => labels.window !== undefined);
  const versions = [...new Set(windowed.map(({ labels }) => labels.version ?? ""))];
  const windows = [...new Set(windowed.map(({ labels }) => labels.window ?? ""))];
  const lines = [name, ...findings.map((finding) => `  ${finding.severity}: ${finding.sentence}`), ""];
  for (const window of windows)
    for (const version of versions) {
      const own = windowed.filter(({ labels }) => labels.window === window && labels.version === version);
      const title = versions.length > 1 ? `window ${window} of version ${version}` : `window ${window}`;
      if (own.length > 0) lines.push(...windowReport(title, cellsOf(own)));
    }
  return lines.join("\n");
}

function windowReport(title: string, cells: Cells): string[] {
  const single = (name: FamilyName) => cells.of(name)[0]?.value;
  const end = single("ml_window_end_timestamp_seconds");
  const to = end === undefined ? "" : ` to ${moment(end * 1000)} UTC`;
  const rows = single("ml_window_predictions") ?? 0;
  const fewest = single("ml_window_predictions_limit");
  const expected = fewest !== undefined && rows < fewest ? ` (at least ${figure(fewest)} expected)` : "";
  const labels = single("ml_window_labels");
  const labelled = labels === undefined ? "" : `, ${labels} labelled${uncovered(cells)}`;
  return [
    `  ${title}${to}: ${count(rows, "row")}${expected}${labelled}`,
    "",
    ...reportTables(cells),
    ...unmeasured(cells.of("ml_unmeasured_values")),
  ];
}

/** Of labels that are fewer than they should be. */
function uncovered({ of }: Cells): string {
  const [coverage] = of("ml_label_coverage_ratio");
  const [limit] = of("ml_label_coverage_ratio_limit");
  if (coverage === undefined || limit === undefined || coverage.value >= limit.value) return "";
  return ` (${figure(coverage.value * 100)} %, at least ${figure(limit.value * 100)} % expected)`;
}

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
