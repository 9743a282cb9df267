import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { missing } from "../binaries.ts";
import { committed, type Dashboard, type Panel, queries } from "../dashboards/queries.ts";
import { parsePromql } from "../promql.ts";
import { type BackfilledWorld, backfillWorld } from "./backfilled-world.ts";
import { eventually } from "./processes.ts";

/** What is chosen on a dashboard, and what rightly is not there: why → `panel letters`, `panel: heading` or `panel letter {{label}}`. */
interface View {
  readonly dashboard: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly absent: Readonly<Record<string, readonly string[]>>;
}

const everywhere = { job: ".+", instance: ".+", team: ".*" };
const cars = { ...everywhere, model: "fuel-economy", version: "1970-73", window: "3y" };
const credit = { ...everywhere, model: "credit", version: "1", window: "1d" };
const animals = { ...everywhere, model: "animals", version: "3", window: "2d" };
const ratios = "Ratios between groups ABCDEFGH";
const leftOut = "Groups left out, and why A";

const views: readonly View[] = [
  { dashboard: "ml-overview", variables: { ...everywhere, model: ".+" }, absent: {} },
  {
    dashboard: "ml-overview",
    variables: { ...everywhere, model: "broken|empty" },
    absent: {
      "Nothing was ever measured of them; what is known is that their evaluations fail.": [
        "Miss their target A",
        "Have drifted data A",
        "Have faulty data A",
        "Are unfair A",
        "Which models need someone BCDEFGHIJL",
        "Which models need someone: Version",
        "Which models need someone: Window",
        "Which models need someone: Worst metric",
        "Alerts that fire now: Attribute",
        "Alerts that fire now: Feature",
        "Alerts that fire now: Metric",
      ],
      "Nobody owns them.": [
        "Which models need someone: Team",
        "Which models need someone: Tier",
        "Alerts that fire now: Team",
      ],
    },
  },
  {
    dashboard: "ml-model",
    variables: { ...cars, metric: "root_mean_squared_error" },
    absent: {
      "It is a regression.": ["Classes AB", "Confusion AB", "Calibration ABCD"],
      "Its target is an upper one.": ["Performance E", "$metric D"],
      "A forecast needs 14 windows.": ["If the trend goes on ABCDE"],
      "No limit is set: the truth comes late, and the first windows are few.": [
        "Since when FG",
        "Rows in the window C",
        "Label coverage B",
      ],
    },
  },
  {
    dashboard: "ml-model",
    variables: { ...credit, metric: "roc_auc" },
    absent: { "The target of roc_auc is a lower one.": ["$metric E", "If the trend goes on E"] },
  },
  {
    dashboard: "ml-model",
    variables: { ...animals, metric: "f1_macro" },
    absent: {
      "Its only target is a lower one.": ["Performance F", "$metric E"],
      "A forecast needs 14 windows.": ["If the trend goes on ABCDE"],
      "It has no groups.": ["Unfair gaps A", "Since when D"],
    },
  },
  {
    dashboard: "ml-drift",
    variables: { ...cars, method: "kolmogorov_smirnov", feature: "weight" },
    absent: {
      "The demo describes no feature.": ["Distribution of $feature AB", "Quantiles of $feature AB"],
      "It is a regression.": ["Drift of answers and labels: Class"],
    },
  },
  {
    dashboard: "ml-drift",
    variables: { ...credit, method: "psi", feature: "income" },
    absent: {},
  },
  {
    dashboard: "ml-fairness",
    variables: {
      ...cars,
      metric: "root_mean_squared_error",
      attribute: ".*",
      measure: "mean_absolute_error_difference",
    },
    absent: { "The demo's measure is a difference.": [ratios], "Every group is measured.": [leftOut] },
  },
  {
    dashboard: "ml-fairness",
    variables: { ...credit, metric: "roc_auc", attribute: ".*", measure: "demographic_parity_difference" },
    absent: { "Every group is measured.": [leftOut] },
  },
  {
    dashboard: "ml-infrastructure",
    variables: { ...everywhere, workload: ".+", phase: ".*" },
    absent: {
      "No other exporter is scraped.": [
        "CPU (node_exporter) A",
        "Memory (node_exporter) A",
        "GPU utilisation (DCGM, nvidia_gpu_exporter) ABC",
        "GPU memory (DCGM, nvidia_gpu_exporter) AB",
        "Cost over time D",
      ],
      "The GPU is whole.": ["GPUs now: Part", "GPU memory A {{mig}}"],
      "A size is recommended, and idleness known, after a day.": [
        "Processors and GPUs needed BCD",
        "Memory needed BCD",
        "Idle an hour A",
        "Could be saved A",
        "Cost over time B",
        "Workloads JK",
      ],
      "No prediction came while it was watched.": ["Cost of a thousand predictions A"],
    },
  },
  { dashboard: "ml-exporter", variables: everywhere, absent: {} },
];

/** The cars' error, model year by model year: as in story.test.ts. */
const chapters = ["3.11", "2.83", "2.88", "3.27", "4.33", "5.37", "8.10", "10.04"];

/** `Panel AB` is `Panel A` and `Panel B`. */
const expanded = (place: string) => {
  const [, panel, letters] = /^(.*) ([A-Z]+)$/.exec(place) ?? [];
  return letters === undefined ? [place] : [...letters].map((letter) => `${panel} ${letter}`);
};

/** Whether a workload is to be scaled down is known five minutes after it was first seen: sometimes within this test, sometimes not. */
const workloadOfAlerts = "Alerts that fire now: Workload";
/** What a machine tells of itself and of the container around this depends on it. */
const ofThisMachine = /^ml_(host|container)_/;

describe.skipIf(missing("prometheus", "promtool"))("a past that is filled in, on a real Prometheus", () => {
  let folder: string;
  let world: BackfilledWorld;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ml-exporter-backfilled-"));
    world = await backfillWorld(folder);
    // Alerts are pending for a second.
    await eventually("alerts fire", async () => (await unheard(world)).length === 0 || undefined, 30_000);
  }, 240_000);

  afterAll(async () => {
    await world?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it("has no gap longer than the five minutes that Prometheus looks back", async () => {
    const models = ["fuel-economy", "credit", "animals"];
    const looks = await world.prometheus.query(
      `count_over_time(ml_model_info{model=~"${models.join("|")}"}[44m:1m])`,
      world.end,
    );
    expect(new Set(looks.map(({ metric }) => metric.model))).toEqual(new Set(models));
    for (const { metric, value } of looks) expect(value, metric.model).toBeGreaterThanOrEqual(44);
  });

  it("tells the story of the cars: a sound model, and what became of it", async () => {
    const errors = await world.prometheus.queryRange(
      'ml_performance{model="fuel-economy", metric="root_mean_squared_error"}',
      world.start,
      world.end,
      30,
    );
    const told = errors.flatMap(({ values }) => values.map(([, value]) => value.toFixed(2)));
    expect([...new Set(told)]).toEqual(chapters);
  });

  it.each(views)(
    "$dashboard of $variables.model",
    { timeout: 60_000 },
    async ({ dashboard, variables, absent }) => {
      const faults = await lookedAt(world, committed().get(dashboard) as Dashboard, variables);
      const left = faults.filter((fault) => fault !== workloadOfAlerts);
      expect(left).toEqual(Object.values(absent).flat().flatMap(expanded).sort());
    },
  );
});

/** Some of each kind: of the cars, of credit, of the models that are not evaluated. */
const awaited = ["MlEvaluationFailing", "MlFairnessGap", "MlFeatureDrift", "MlPerformanceTargetMissed"];

/** The awaited alerts that do not fire. */
async function unheard({ prometheus }: BackfilledWorld): Promise<string[]> {
  const firing = await prometheus.query('count by (alertname) (ALERTS{alertstate="firing"})');
  return awaited.filter((name) => !firing.some(({ metric }) => metric.alertname === name));
}

/** What is not there of a dashboard's queries, legends and table columns. */
async function lookedAt(
  world: BackfilledWorld,
  dashboard: Dashboard,
  variables: View["variables"],
): Promise<string[]> {
  const found: string[] = [];
  const results = new Map<string, readonly Series[]>();
  const now = Date.now() / 1000;
  const steps = Math.floor((now - world.start) / 15);
  for (const { kind, title, refId, instant, expr, legend } of queries(dashboard, variables)) {
    const answer = instant
      ? await world.prometheus.query(expr)
      : await world.prometheus.queryRange(expr, now - 15 * steps, now, 15);
    results.set(`${title} ${refId}`, answer);
    const names = parsePromql(expr).selectors.map(({ name }) => name);
    if (answer.length === 0 && !names.every((name) => ofThisMachine.test(name)))
      found.push(`${title} ${refId}`.trim());
    if (kind === "panel") found.push(...legendFaults(`${title} ${refId}`, legend, answer));
  }
  for (const panel of dashboard.panels.filter(({ type }) => type === "table"))
    found.push(...emptyColumns(panel, results));
  return [...new Set(found)].sort();
}

interface Series {
  readonly metric: Readonly<Record<string, string>>;
}

/** Labels of a legend that no series or only some have, and texts that two series share. */
function legendFaults(place: string, legend: string, answer: readonly Series[]): string[] {
  const labels = [...legend.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label ?? "");
  const lacking = labels.filter((label) => answer.some(({ metric }) => !metric[label]));
  const texts = answer.map(({ metric }) =>
    legend.replaceAll(/\{\{(\w+)\}\}/g, (_, label) => metric[label] ?? ""),
  );
  return [
    ...lacking.map((label) => `${place} {{${label}}}`),
    ...(labels.length > 0 && new Set(texts).size < texts.length ? [`${place} twice ${legend}`] : []),
  ];
}

/** Headings of labels that no row has. */
function emptyColumns(panel: Panel, results: ReadonlyMap<string, readonly Series[]>): string[] {
  const rename = panel.transformations?.find(({ id }) => id === "organize")?.options.renameByName ?? {};
  const rows = (panel.targets ?? []).flatMap(({ refId }) => results.get(`${panel.title} ${refId}`) ?? []);
  if (rows.length === 0) return [];
  return Object.entries(rename)
    .filter(([label]) => !label.startsWith("Value") && !rows.some(({ metric }) => metric[label]))
    .map(([, heading]) => `${panel.title}: ${heading}`);
}
