// One workload of ours: node ours.mjs WORKLOAD FOLDER RESULT, measured as measured.py measures.
import { linkSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openMonitors } from "../../../dist/commands/monitors.js";
import { parseConfig } from "../../../dist/config/load.js";
import { openStore } from "../../../dist/profiles/store.js";

const [workload, folder, result] = process.argv.slice(2);
const day = 86_400_000;
const numeric = ["delay", "distance", "hour", "day_of_week"];
const wide = Array.from({ length: 100 }, (_, index) => `x${index}`);

const config = (lines) =>
  parseConfig(
    `engine: { memory: 300MB, threads: 2 }
models:
  - name: ours
    reference: { type: files, path: reference.parquet }
    predictions: { type: files, path: "rows/*.parquet" }
    window_end: latest
    expect: none
    ${lines.join("\n    ")}
`,
    { file: "rivals.yml", folder, environment: {} },
  );

const drift =
  "drift: { methods: { psi: 0.2, jensen_shannon: 0.1, kolmogorov_smirnov: 0.1, wasserstein: 0.1 } }";
const flights = (windows) =>
  config([
    "task: regression",
    "columns: { timestamp: date }",
    `features: [${[...numeric, "origin", "destination"].join(", ")}]`,
    "limits: { categories: 300 }",
    `windows: [${windows}]`,
    drift,
  ]);
const continuous = () =>
  config([
    "task: regression",
    "columns: { timestamp: t }",
    `features: [${wide.join(", ")}]`,
    "windows: [24h]",
    drift,
  ]);
const scored = () =>
  config([
    "task: binary",
    'positive: "1"',
    "columns: { timestamp: t, label: y, probability: p }",
    "features: []",
    "groups: [g4, g6]",
    "windows: [24h]",
    "describe: { group_metrics: [accuracy, precision, recall, f1, roc_auc, log_loss] }",
  ]);

const rows = join(folder, "rows");
const arrives = (name) => linkSync(join(folder, `${name}.parquet`), join(rows, `${name}.parquet`));

async function open(models) {
  rmSync(rows, { recursive: true, force: true });
  mkdirSync(rows);
  rmSync(join(folder, "data"), { recursive: true, force: true });
  const store = await openStore(join(folder, "data"));
  const monitors = await openMonitors(models, store);
  return monitors.all[0].monitor;
}

/** The first evaluation; or the one after `next` has arrived. */
const first = (models) => async () => {
  const monitor = await open(models());
  arrives("current");
  return () => monitor.evaluate({ kind: "newest" }, 0);
};
const following = (models) => async () => {
  const evaluate = await first(models)();
  await evaluate();
  await evaluate();
  arrives("next");
  return evaluate;
};

const workloads = {
  flights: first(() => flights("90d")),
  "flights-next": following(() => flights("90d")),
  "flights-windows": async () => {
    const monitor = await open(flights("3d"));
    arrives("current");
    return async () => {
      for (let window = 1; window <= 30; window++)
        await monitor.evaluate({ kind: "moment", ms: Date.UTC(2001, 3, 1) + window * 3 * day }, 0);
    };
  },
  wide: first(continuous),
  "wide-next": following(continuous),
  scored: first(scored),
};

const cpu = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const run = await workloads[workload]();
const before = cpu();
const start = performance.now();
await run();
const measured = {
  cpu: cpu() - before,
  wall: (performance.now() - start) / 1000,
  process: cpu(),
  peak: process.resourceUsage().maxRSS / 1024,
};
writeFileSync(result, JSON.stringify(measured));
process.exit();
