// `node test/bench/dashboards.mjs`: how long a Prometheus takes to answer every query of every dashboard, with 200 models of 50 features.
// A live exporter tells once what it says of one such model (every family that a model publishes by default, host and exporter included);
// that page, repeated for each model with values that vary, is back-filled. `--models 200 --features 50 --minutes 30` are the defaults.
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { parser } from "@prometheus-io/lezer-promql";
import { createFilling } from "./filled-prometheus.mjs";

const { values: flags } = parseArgs({
  options: {
    models: { type: "string", default: "200" },
    features: { type: "string", default: "50" },
    minutes: { type: "string", default: "30" },
    keep: { type: "string" },
  },
});
const [models, features, minutes] = [flags.models, flags.features, flags.minutes].map(Number);
/** Between two points of a series: an instant query looks back five minutes. */
const everyMinutes = 5;
/** Points of a line: about as many as a panel of half the page has pixels. */
const usualPoints = 600;
/** A panel that is repeated is drawn once for each of these; of the workloads' a browser asks for those in view. */
const repeated = {
  workload: [1, 2, 3, 4, 5, 6].map((number) => ({ workload: `model-00${number}-server` })),
  method: ["jensen_shannon", "kolmogorov_smirnov", "psi", "wasserstein"].map((method) => ({ method })),
};
const goalSeconds = 2;

const folder = flags.keep ?? mkdtempSync(join(tmpdir(), "ml-exporter-bench-dashboards-"));
mkdirSync(folder, { recursive: true });
const { exposition, fill, record, prometheus, stop } = createFilling({
  folder,
  models,
  features,
  minutes,
  everyMinutes,
});

try {
  const page = await exposition();
  const end = Math.floor(Date.now() / 1000);
  const began = performance.now();
  const data = join(folder, "prometheus-data");
  const lines = fill(page, end, data);
  record(await prometheus(data), end, data);
  await stop();
  console.log(
    `${models} models of ${features} features: ${lines.perModel} series a model, ${lines.series} in all, a point every ${everyMinutes} minutes over ${minutes} minutes; built in ${((performance.now() - began) / 1000).toFixed(0)} s`,
  );
  const address = await prometheus(data);
  const asked = dashboards();
  const cold = await timed(asked, address, end);
  const warm = await timed(asked, address, end);
  await told(cold, warm, address, end);
} finally {
  await stop();
  if (flags.keep === undefined) rmSync(folder, { recursive: true, force: true });
}

/** Every query of every dashboard, its variables replaced: one model where one is chosen, all where all may be. */
function dashboards() {
  const chosen = {
    job: ".+",
    instance: ".+",
    team: ".*",
    version: "1",
    window: "7d",
    metric: "roc_auc",
    method: "psi",
    attribute: ".*",
    measure: "demographic_parity_difference",
    workload: ".+",
    phase: ".*",
    feature: "f3",
    __rate_interval: "10m",
    __interval: "15s",
    __range: `${minutes}m`,
  };
  /** What a repeated panel is drawn for. */
  const given = (text, own) => text.replace(/\$\{?(\w+)\}?/g, (all, name) => own[name] ?? all);
  const replaced = (text, one) =>
    text.replace(/\$\{?(\w+)(?::\w+)?\}?/g, (_, name) => {
      const value = name === "model" ? one : chosen[name];
      if (value === undefined) throw new Error(`no value for $${name} in ${text}`);
      return value;
    });
  const files = readdirSync("grafana/dashboards").filter((file) => file.endsWith(".json"));
  return files.map((file) => {
    const { uid, panels, annotations, templating } = JSON.parse(
      readFileSync(join("grafana/dashboards", file), "utf8"),
    );
    const one = uid === "ml-overview" ? ".+" : "model-001";
    const queries = [
      ...panels.flatMap(({ title, repeat, maxDataPoints = usualPoints, targets = [] }) =>
        (repeated[repeat] ?? [{}]).flatMap((own) =>
          targets.map(({ refId, expr, instant = false }) => {
            const name = `${title} ${refId}`;
            return { title: name, expr: given(expr, own), instant, points: maxDataPoints };
          }),
        ),
      ),
      ...annotations.list.map(({ name, target }) => ({ title: name, expr: target.expr, instant: false })),
      ...templating.list
        .filter(({ type }) => type === "query")
        .map(({ name, query }) => ({
          title: `$${name}`,
          expr:
            /^label_values\((.*),\s*\w+\)$/s.exec(query)?.[1] ?? /^query_result\((.*)\)$/s.exec(query)?.[1],
          instant: true,
        })),
    ].map((query) => ({ ...query, dashboard: uid, expr: replaced(query.expr, one) }));
    return { uid, queries };
  });
}

/** Each query's seconds, asked one after the other, and the seconds of each dashboard asked as a browser does: six at a time. */
async function timed(all, address, end) {
  const results = [];
  for (const { uid, queries } of all) {
    const began = performance.now();
    const waiting = [...queries];
    const seconds = new Map();
    const browser = async () => {
      for (let query = waiting.shift(); query !== undefined; query = waiting.shift()) {
        const asked = performance.now();
        await ask(query, address, end);
        seconds.set(query, (performance.now() - asked) / 1000);
      }
    };
    await Promise.all(Array.from({ length: 6 }, browser));
    results.push({ uid, queries, seconds, total: (performance.now() - began) / 1000 });
  }
  return results;
}

async function ask({ expr, instant, points = usualPoints }, address, end) {
  const span = minutes * 60;
  const [path, when] = instant
    ? ["query", { time: String(end) }]
    : ["query_range", { start: String(end - span), end: String(end), step: String(span / points) }];
  const response = await fetch(`${address}/api/v1/${path}`, {
    method: "POST",
    body: new URLSearchParams({ query: expr, stats: "all", ...when }),
  });
  const answer = await response.json();
  if (answer.status !== "success") throw new Error(`${expr}: ${answer.error}`);
  return answer.data;
}

async function told(cold, warm, address, end) {
  for (const [index, { uid, queries, total }] of cold.entries()) {
    const again = warm[index].total;
    const good = Math.max(total, again) <= goalSeconds;
    if (!good) process.exitCode = 1;
    console.log(
      `${good ? "ok  " : "MISS"} ${uid}: ${queries.length} queries, ${total.toFixed(2)} s after a start of Prometheus, ${again.toFixed(2)} s again (at most ${goalSeconds} s)`,
    );
  }
  const each = [];
  for (const { uid, queries, seconds } of warm)
    for (const query of queries) each.push({ uid, query, seconds: seconds.get(query) });
  each.sort((a, b) => b.seconds - a.seconds);
  console.log("the slowest five alone, again:");
  for (const { uid, query } of each.slice(0, 5)) {
    const began = performance.now();
    const { result, stats } = await ask(query, address, end);
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `  ${seconds.toFixed(3)} s ${uid} ${query.title}: touches ${await touched(query.expr, address, end)} series, ${stats.samples.totalQueryableSamples} samples, gives ${result.length} series`,
    );
  }
}

/** How many series an expression's selectors choose, all together. */
async function touched(expr, address, end) {
  const selectors = [];
  parser.parse(expr).iterate({
    enter({ name, from, to }) {
      if (name === "VectorSelector") selectors.push(expr.slice(from, to));
    },
  });
  const unique = [...new Set(selectors)].map((selector) => `(count(${selector}) or vector(0))`);
  const { result } = await ask({ expr: unique.join(" + "), instant: true }, address, end);
  return Number(result[0]?.value[1] ?? 0);
}
