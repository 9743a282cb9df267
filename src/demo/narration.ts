import type { FamilyName, Sample } from "../catalogue.ts";
import type { Finding } from "../exporter/finding.ts";
import type { FuelModel } from "./model.ts";
import type { Step } from "./story.ts";

/** What the monitor knows after one evaluation. */
export interface Chapter {
  readonly samples: readonly Sample[];
  readonly findings: readonly Finding[];
}

/** A finding's key up to its first colon → the word for it; what is not here is not told. In the order of their weight. */
const words: Readonly<Record<string, string>> = {
  evaluation_failing: "EVALUATION FAILING",
  target_missed: "TARGET MISSED",
  retrain: "RETRAIN",
  fairness: "UNFAIR",
  degraded: "DEGRADED, NO EVIDENCE YET",
  dataset_drift: "DATASET DRIFT",
  data_quality: "FAULTY DATA",
};
/** Widely quoted rule of thumb for the population stability index: over it, people raise alarms. */
const alarmingPsi = 0.2;
const width = 100;
const margin = " ".repeat(7);

/** The opening: who is watched, and where to look. */
export function opening(model: FuelModel, directory: string, address: string): string[] {
  return [
    "",
    ...paragraph(
      `A linear model predicts a car's fuel consumption (miles per gallon). It was fitted just now on ${model.cars} cars of 1970 to 1973. From 1974 on technology moves, and the model does not. Its target: a root mean squared error of at most 4.`,
    ),
    ...paragraph(
      "Every model year arrives as a file of predictions; what the cars really consumed is known five seconds later.",
    ),
    "",
    `  page     ${address}/`,
    `  metrics  ${address}/metrics`,
    `  files    ${directory}`,
    "",
  ];
}

/** The line that says what has just been written. */
export function arrival(step: Step): string {
  const what =
    step.kind === "predictions"
      ? `${step.rows} cars of ${step.year} are predicted`
      : `the true consumption of ${step.rows} cars of ${step.year} is known`;
  return `${String(step.atSeconds).padStart(3)} s  ${what} (${step.file})`;
}

/** Identifies the data that a chapter was computed from; the same data are not told twice. */
export function edition({ samples }: Chapter): string {
  const names: FamilyName[] = [
    "ml_window_end_timestamp_seconds",
    "ml_window_predictions",
    "ml_window_labels",
  ];
  return names.map((name) => one(samples, name)?.value ?? "").join(" ");
}

/**
 * One short paragraph: the state in a word, the performance in numbers, then the sentences that are new since `before`, the chapter
 * told last.
 */
export function tell(chapter: Chapter, before: Chapter | undefined): string[] {
  const found = told(chapter.findings);
  const known = told(before?.findings ?? []);
  const now = headings(found);
  const gone = headings(known).filter((word) => !now.includes(word));
  const resolved = gone.length > 0 ? `; no longer: ${gone.join(", ").toLowerCase()}` : "";
  const fresh = found.filter(({ key }) => !known.some((one) => one.key === key));
  return [
    ...paragraph(`${now.length > 0 ? now.join(" · ") : "SILENT"}${resolved}`),
    ...paragraph(performanceSentence(chapter.samples)),
    ...fresh.flatMap((finding) => paragraph(`- ${finding.sentence}`)),
    ...(found.length === 0 ? chanceSentence(chapter.samples).flatMap(paragraph) : []),
    "",
  ];
}

/** The end: what this process alone does not show. */
export function closing(address: string): string[] {
  return [
    "The story ends here; the exporter goes on serving until you press Ctrl-C.",
    "",
    `  curl ${address}/metrics`,
    "",
    ...paragraph(
      "This was the exporter alone. The full stack adds Prometheus, which keeps the history and turns these findings into alerts; Alertmanager, which sends each to the team that owns the model; and Grafana with dashboards of all models and of one. In a clone of the repository:",
    ),
    "",
    "  GRAFANA_ADMIN_PASSWORD=choose-one docker compose up --build",
    "",
  ];
}

const kind = (finding: Finding) => finding.key.split(":")[0] ?? "";
const told = (findings: readonly Finding[]) =>
  Object.keys(words).flatMap((key) => findings.filter((finding) => kind(finding) === key));
const headings = (findings: readonly Finding[]) => [
  ...new Set(findings.map((finding) => words[kind(finding)] ?? "")),
];

function performanceSentence(samples: readonly Sample[]): string {
  const of = (name: FamilyName) => one(samples, name, "root_mean_squared_error")?.value;
  const value = of("ml_performance");
  if (value === undefined)
    return "No car's true consumption is known yet, so there is no performance to speak of.";
  const interval = `[${fixed(of("ml_performance_ci_lower"))}, ${fixed(of("ml_performance_ci_upper"))}]`;
  const cars = `${of("ml_performance_samples")} of ${one(samples, "ml_window_predictions")?.value} cars`;
  return `Root mean squared error ${fixed(value)} ${interval} on ${cars}, target ${of("ml_performance_target_upper")}.`;
}

/** Why a monitor that only compared scores with limits would have cried wolf; empty where it would not have. */
function chanceSentence(samples: readonly Sample[]): string[] {
  const scores = samples.filter(({ name, labels }) => name === "ml_feature_drift" && labels.method === "psi");
  const alarming = scores.filter(({ value }) => value > alarmingPsi).length;
  const detected = samples.some(({ name, value }) => name === "ml_feature_drift_detected" && value === 1);
  if (alarming === 0 || detected) return [];
  const rows = one(samples, "ml_window_predictions")?.value ?? 0;
  return [
    `The population stability index is over ${alarmingPsi} for ${alarming} of ${scores.length} features, a common reason to raise an alarm; but ${rows} rows differ as much by chance, and the p-values say so.`,
  ];
}

const one = (samples: readonly Sample[], name: FamilyName, metric?: string) =>
  samples.find((sample) => sample.name === name && (metric === undefined || sample.labels.metric === metric));
const fixed = (value: number | undefined) => value?.toFixed(2) ?? "?";

/** Lines of at most `width` characters, indented under the times; those after the first of a list's item further. */
function paragraph(text: string): string[] {
  const lines: string[] = [];
  let line = margin;
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = text.startsWith("- ") ? `${margin}  ` : margin;
    }
    line += line.trim() === "" ? word : ` ${word}`;
  }
  return [...lines, line];
}
