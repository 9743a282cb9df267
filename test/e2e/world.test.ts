import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { binary, missing } from "../binaries.ts";
import { committed, type Dashboard, queries, replaced } from "../dashboards/queries.ts";
import { type Drawer, openDrawer, withoutRenderer } from "./renderer.ts";
import { factor, startWorld, type World } from "./world/world.ts";

/** What is chosen on a dashboard, and panels that rightly say why they are empty. */
interface View {
  readonly dashboard: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly empty: readonly string[];
  /** And those that say so on some machines. */
  readonly perhaps?: readonly string[];
}

const everywhere = { job: ".+", instance: ".+", team: ".*" };
const credit = { ...everywhere, model: "credit", version: "1", window: "1d" };
const cars = { ...everywhere, model: "fuel-economy", version: "1970-73", window: "3y" };
const animals = { ...everywhere, model: "animals", version: "3", window: "2d" };
const views: readonly View[] = [
  { dashboard: "ml-overview", variables: { ...everywhere, model: ".+" }, empty: [] },
  { dashboard: "ml-model", variables: { ...credit, metric: "roc_auc" }, empty: [] },
  {
    dashboard: "ml-model",
    variables: { ...animals, metric: "f1_macro" },
    // No groups are configured, and twelve windows are too few for a trend.
    empty: ["If the trend goes on", "Unfair gaps"],
  },
  {
    dashboard: "ml-model",
    variables: { ...cars, metric: "root_mean_squared_error" },
    // A regression has no classes; the story is too short for a trend.
    empty: ["Calibration", "Classes", "Confusion", "If the trend goes on"],
  },
  { dashboard: "ml-drift", variables: { ...credit, method: "psi", feature: "income" }, empty: [] },
  {
    dashboard: "ml-fairness",
    variables: { ...credit, metric: "roc_auc", attribute: "sex", measure: "demographic_parity_difference" },
    // Every group is large enough.
    empty: ["Groups left out, and why"],
  },
  {
    dashboard: "ml-infrastructure",
    variables: { ...everywhere, workload: "api|trainer", phase: ".+" },
    // No other exporter is scraped, and neither Prometheus nor Alertmanager holds GPU memory.
    empty: [
      "CPU (node_exporter)",
      "GPU memory (DCGM, nvidia_gpu_exporter)",
      "GPU memory of workloads",
      "GPU utilisation (DCGM, nvidia_gpu_exporter)",
      "Memory (node_exporter)",
    ],
    // Whether there is a control group for the processor, pressure stall information, or a container at all.
    perhaps: ["CPU of the container", "Containers", "Memory of the container", "Pressure"],
  },
  { dashboard: "ml-exporter", variables: everywhere, empty: [] },
];

const without = missing("prometheus", "alertmanager", "chromium") || withoutRenderer();

describe.skipIf(without)("a world with every kind of model, drawn", () => {
  let folder: string;
  let world: World;
  let drawer: Drawer;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ml-exporter-world-"));
    world = await startWorld(folder);
    drawer = await openDrawer(binary("chromium"));
  }, 120_000);

  afterAll(async () => {
    await drawer?.close();
    await world?.[Symbol.asyncDispose]();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each(views.flatMap((view) => (["dark", "light"] as const).map((mode) => ({ ...view, mode }))))(
    "$dashboard of $variables.model, $mode",
    { timeout: 60_000 },
    async ({ dashboard: uid, variables, empty, perhaps = [], mode }) => {
      const dashboard = committed().get(uid) as Dashboard;
      const to = world.endedMs;
      const drawing = {
        dashboard: named(dashboard, variables),
        answers: await answers(world, dashboard, variables, to),
        mode,
        from: world.beganMs,
        to,
      };
      const picture = pictureOf(uid, variables.model, mode);
      const { faults, panels } = await drawer.draw(drawing, 1280, picture);
      expect(faults).toEqual([]);
      expect(panels.filter(({ unsupported }) => unsupported).map(({ type }) => type)).toEqual([]);
      const saying = panels.flatMap(({ title, said }) =>
        said === null || perhaps.includes(title) ? [] : [title],
      );
      expect(saying.sort()).toEqual([...empty].sort());
      expect(panels.flatMap(({ title, cut }) => cut.map((text) => `${title}: ${text}`))).toEqual([]);
    },
  );
});

/** Pictures are kept where ML_PICTURES says, else only looked at by this test. */
function pictureOf(uid: string, model: string | undefined, mode: string): string | undefined {
  const pictures = process.env.ML_PICTURES;
  if (pictures === undefined) return undefined;
  mkdirSync(pictures, { recursive: true });
  return join(pictures, `${[uid, model?.replace(/\W+/g, ""), mode].filter(Boolean).join("-")}.png`);
}

/** Titles with the chosen values in them. */
function named(dashboard: Dashboard, variables: View["variables"]): Dashboard {
  const panels = dashboard.panels.map((panel) => ({ ...panel, title: replaced(panel.title, variables) }));
  return { ...dashboard, panels };
}

/** `panel refId` → what Prometheus answers, as its API words it. */
async function answers(world: World, dashboard: Dashboard, variables: View["variables"], to: number) {
  const { prometheus } = world.stack;
  const found: Record<string, unknown> = {};
  const asked = queries(dashboard, { ...variables, __rate_interval: `${(4 * 15_000) / factor}ms` }).filter(
    ({ kind }) => kind === "panel",
  );
  const targets = dashboard.panels.flatMap(({ id, targets = [] }) =>
    targets.map(({ refId }) => `${id} ${refId}`),
  );
  for (const [index, { expr, instant }] of asked.entries()) {
    const key = targets[index] as string;
    if (instant) {
      const result = await prometheus.query(expr, to / 1000);
      found[key] = result.map(({ metric, value }) => ({ metric, value: [to / 1000, value] }));
    } else found[key] = await prometheus.queryRange(expr, world.beganMs / 1000, to / 1000, 0.5);
  }
  return found;
}
