import type { FamilyName, Sample } from "../catalogue.ts";
import type { Cells } from "./sample-cells.ts";
import { aligned, figure } from "./text.ts";

/** Tables of one window, in the order in which a person asks: is it good, for whom, why. */
export const reportTables = (cells: Cells): string[] =>
  [
    performance,
    forecast,
    classes,
    confusion,
    calibration,
    groups,
    fairness,
    drift,
    driftShare,
    quality,
  ].flatMap((table) => table(cells));

/** More rows than these are cut to what was found and what comes nearest to it. */
const mostRows = 40;

/** Rows under headings, without columns that are empty, and a line after them; nothing when there are no rows. */
function table(headings: readonly string[], rows: readonly (readonly string[])[]): string[] {
  if (rows.length === 0) return [];
  const kept = headings.map((_, column) => rows.some((row) => (row[column] ?? "") !== ""));
  const all = [headings, ...rows].map((row) => row.filter((_, column) => kept[column]));
  return [...aligned(all, 2), ""];
}

interface Ranked {
  readonly cells: readonly string[];
  readonly found: boolean;
  /** How near it is to its limit. */
  readonly weight: number;
}

/** Of many rows those that were found and the nearest to their limits, in their own order. */
function longTable(headings: readonly string[], rows: readonly Ranked[], word: string): string[] {
  if (rows.length <= mostRows)
    return table(
      headings,
      rows.map(({ cells }) => cells),
    );
  const byWeight = [...rows].sort(
    (one, other) => Number(other.found) - Number(one.found) || other.weight - one.weight,
  );
  const found = rows.filter((row) => row.found).length;
  const chosen = new Set(byWeight.slice(0, Math.max(found, mostRows)));
  const shown = rows.filter((row) => chosen.has(row)).map(({ cells }) => cells);
  const lines = table(headings, shown);
  return [...lines.slice(0, -1), `  … and ${rows.length - shown.length} more, none ${word}`, ""];
}

/** Sums of rows that cancel leave the rounding of doubles: no error of a model is as small. */
const unrounded = (value: number | undefined) => (value !== undefined && Math.abs(value) < 1e-9 ? 0 : value);

const label = ({ labels }: Sample, name: string) => labels[name] ?? "";

const performance = ({ of, value, text, interval, flag }: Cells): string[] =>
  table(
    ["metric", "value", "95 % interval", "rows", "baseline", "at least", "at most", ""],
    of("ml_performance").map((s) => [
      label(s, "metric"), figure(unrounded(s.value)), interval(s), text(s, "_samples"), figure(unrounded(value(s, "_baseline"))),
      text(s, "_target_lower"), text(s, "_target_upper"), flag(s, "_missed", "missed"),
    ]), // biome-ignore format: one cell after the other
  );

const forecast = ({ of, interval }: Cells): string[] =>
  table(
    ["forecast of", "value", "95 % interval"],
    of("ml_performance_forecast").map((s) => [label(s, "metric"), figure(s.value), interval(s)]),
  );

function classes({ of, value }: Cells): string[] {
  const samples = of("ml_class_performance");
  const metrics = [...new Set(samples.map((s) => label(s, "metric")))];
  const names = [...new Set(samples.map((s) => label(s, "class")))];
  const rows = names.map((name) => {
    const own = samples.filter((s) => label(s, "class") === name);
    const recall = own.find((s) => label(s, "metric") === "recall");
    const cells = metrics.map((metric) => figure(own.find((s) => label(s, "metric") === metric)?.value));
    return [name, ...cells, figure(recall && value(recall, "_samples"))];
  });
  return table(["class", ...metrics, "rows of it"], rows);
}

/** As many columns still fit a line. */
const mostClasses = 10;

function confusion({ of }: Cells): string[] {
  const samples = of("ml_confusion_predictions");
  const names = [...new Set(samples.flatMap((s) => [label(s, "actual"), label(s, "predicted")]))];
  if (names.length > mostClasses) return [];
  const rows = names.map((actual) => [
    actual,
    ...names.map((predicted) => {
      const found = samples.find((s) => label(s, "actual") === actual && label(s, "predicted") === predicted);
      return String(found?.value ?? 0);
    }),
  ]);
  return table(["actual, by predicted", ...names], rows);
}

const calibration = ({ of }: Cells): string[] => {
  const at = (name: FamilyName, bin: string) => figure(of(name).find((s) => label(s, "bin") === bin)?.value);
  return table(
    ["probability", "predicted", "came true", "rows"],
    of("ml_calibration_samples")
      .filter(({ value }) => value > 0)
      .map((s) => {
        const bin = label(s, "bin");
        const observed = at("ml_calibration_observed_ratio", bin);
        return [
          bin.replace(/^\d+ /, ""),
          at("ml_calibration_predicted_ratio", bin),
          observed,
          figure(s.value),
        ];
      }),
  );
};

const groups = ({ of, text, interval }: Cells): string[] =>
  longTable(
    ["attribute", "group", "metric", "value", "95 % interval", "rows", "baseline"],
    of("ml_group_performance").map((s) => ({
      cells: [
        label(s, "attribute"), label(s, "group"), label(s, "metric"), figure(unrounded(s.value)), interval(s),
        text(s, "_samples"), text(s, "_baseline"),
      ], // biome-ignore format: one cell after the other
      found: false,
      weight: Number(text(s, "_samples")),
    })),
    "larger",
  );

function fairness({ of, text, interval, flag, value }: Cells): string[] {
  const all = [...of("ml_fairness_difference"), ...of("ml_fairness_ratio")];
  return table(
    ["attribute", "fairness measure", "value", "95 % interval", "p", "at least", "at most", "groups", ""],
    all.map((s) => {
      const ratio = s.name === "ml_fairness_ratio";
      const limit = text(s, "_limit");
      const excluded = value(s, "_groups_excluded") ?? 0;
      const compared = `${text(s, "_groups")}${excluded > 0 ? `, ${excluded} too small` : ""}`;
      return [
        label(s, "attribute"), label(s, "measure"), figure(s.value), interval(s), text(s, "_p_value"),
        ratio ? limit : "", ratio ? "" : limit, compared, flag(s, "_detected", "unfair"),
      ]; // biome-ignore format: one cell after the other
    }),
  );
}

function drift(cells: Cells): string[] {
  const { of, text, value, flag } = cells;
  const named: (readonly [string, Sample])[] = [
    ...of("ml_feature_drift").map((s) => [label(s, "feature"), s] as const),
    ...of("ml_prediction_drift").map((s) => ["(prediction)", s] as const),
    ...of("ml_score_drift").map((s) => [`(score of ${label(s, "class")})`, s] as const),
    ...of("ml_label_drift").map((s) => ["(label)", s] as const),
  ];
  const rows = named.map(([column, s]) => ({
    cells: [
      column,
      label(s, "method"),
      figure(s.value),
      text(s, "_p_value"),
      text(s, "_limit"),
      flag(s, "_detected", "drift"),
    ],
    found: value(s, "_detected") === 1,
    weight: Math.abs(s.value) / (value(s, "_limit") ?? Number.POSITIVE_INFINITY),
  }));
  return longTable(["column", "drift method", "score", "p", "limit", ""], rows, "detected");
}

const driftShare = ({ of, text }: Cells): string[] =>
  table(
    ["drifted features", "share", "at most"],
    of("ml_drifted_features_ratio")
      .filter(({ value }) => value > 0)
      .map((s) => [label(s, "method"), figure(s.value), text(s, "_limit")]),
  );

function quality({ of, text, value, flag }: Cells): string[] {
  const all = [
    ...of("ml_feature_quality_ratio").map((s) => [label(s, "feature"), s] as const),
    ...of("ml_dataset_quality_ratio").map((s) => ["(rows)", s] as const),
  ].filter(([, s]) => s.value > 0);
  return longTable(
    ["column", "check", "ratio", "lower bound", "limit", ""],
    all.map(([column, s]) => ({
      cells: [
        column,
        label(s, "check"),
        figure(s.value),
        text(s, "_ci_lower"),
        text(s, "_limit"),
        flag(s, "_detected", "faulty"),
      ],
      found: value(s, "_detected") === 1,
      weight: s.value / (value(s, "_limit") ?? Number.POSITIVE_INFINITY),
    })),
    "detected",
  );
}
