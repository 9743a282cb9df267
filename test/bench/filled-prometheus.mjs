// A Prometheus that holds what one live exporter says of one model, repeated for many: for dashboards.mjs.
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { stringify } from "yaml";

const model = "bench-model";
/** Of Debian's package prometheus. */
const tools = { promtool: "promtool", prometheus: "prometheus" };

/**
 * What fills a Prometheus in the folder: `exposition()` gives the page of a live exporter, `fill(page, end, data)` back-fills it for so many
 * models and minutes up to `end`, `record(address, end, data)` adds what the rules record, `prometheus(data)` starts one and gives its
 * address, `stop()` ends what runs.
 */
export function createFilling({ folder, models, features, minutes, everyMinutes }) {
  const stops = [];
  return { exposition, fill, record, prometheus, stop };

  /** What a live exporter says of one scored model of so many features, and of the machine. */
  async function exposition() {
    const names = Array.from({ length: features }, (_, index) => `f${index + 1}`);
    const random = mulberry(7);
    const file = (name, rows, from, shift) => {
      const text = [["id", "at", "p", "y", "sex", "region", ...names].join(",")];
      for (let row = 0; row < rows; row++) {
        const at = new Date(from + (row / rows) * 7 * 86_400_000).toISOString();
        const p = random();
        // A fifth of the features are words.
        const cells = names.map((_, index) =>
          index % 5 === 4
            ? `c${Math.floor(random() * 8)}`
            : (random() + random() + shift * (index % 3)).toFixed(4),
        );
        const [sex, region] = [random() < 0.5 ? "f" : "m", `r${Math.floor(random() * 5)}`];
        text.push([`${name}${row}`, at, p.toFixed(4), Number(random() < p), sex, region, ...cells].join(","));
      }
      writeFileSync(join(folder, `${name}.csv`), `${text.join("\n")}\n`);
    };
    const now = Date.now();
    file("reference", 4000, now - 60 * 86_400_000, 0);
    file("rows", 4000, now - 7 * 86_400_000, 0.2);
    const pid = join(folder, "pid");
    writeFileSync(pid, String(process.pid));
    const config = {
      models: [
        {
          name: model,
          owner: { team: "bench", tier: "internal" },
          version: "1",
          task: "binary",
          positive: "1",
          columns: { id: "id", timestamp: "at", probability: "p", label: "y" },
          features: names,
          groups: ["sex", "region"],
          reference: { type: "files", path: "reference.csv" },
          predictions: { type: "files", path: "rows.csv" },
          schedule: "*/10 * * * * *",
          performance: [{ metric: "roc_auc", target: 0.7 }],
          fairness: [{ attribute: "sex", measure: "demographic_parity_difference", limit: 0.1 }],
        },
      ],
      prices: { currency: "USD", cpu: 0.04, memory: 0.005 },
      workloads: [
        {
          name: `${model}-server`,
          phase: "serving",
          model,
          match: { pid_file: pid },
          size: { cpu: 2 },
          replicas: { current: 2, min: 1, max: 4 },
        },
      ],
    };
    writeFileSync(join(folder, "ml-exporter.yml"), stringify(config));
    const port = await freePort();
    const address = `http://127.0.0.1:${port}`;
    const args = [
      "dist/cli.js",
      "serve",
      `--config.file=${join(folder, "ml-exporter.yml")}`,
      `--data.dir=${join(folder, "data")}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ];
    started(process.execPath, args);
    const headers = { accept: "application/openmetrics-text; version=1.0.0" };
    const ask = async () =>
      (await fetch(`${address}/metrics`, { headers }).catch(() => undefined))?.text() ?? "";
    // Utilisation needs two readings, 15 seconds apart.
    let page = "";
    const until = Date.now() + 120_000;
    while (!/^ml_performance\{/m.test(page) || !/^ml_workload_utilization_ratio\{/m.test(page)) {
      if (Date.now() > until) throw new Error("the exporter did not evaluate within two minutes");
      await sleep(500);
      page = await ask();
    }
    await stop();
    return page;
  }

  /** Back-fills the page, repeated for each model; a family's series together, a series' points in order. */
  function fill(page, end, data) {
    const families = new Map();
    let family;
    for (const line of page.split("\n")) {
      const [, name] = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        family = families.get(name) ?? { header: [], series: [] };
        families.set(name, family.header.push(line) && family);
      } else if (line !== "" && !line.startsWith("#")) {
        const space = line.lastIndexOf(" ");
        family.series.push([line.slice(0, space), Number(line.slice(space + 1))]);
      }
    }
    families.set("up", { header: ["# TYPE up gauge"], series: [["up", 1]] });
    // What alerts a tenth of the models would have.
    const alert = (name, severity, more = "") =>
      `{alertname="${name}",alertstate="firing",severity="${severity}",component="model",model="${model}",team="bench",tier="internal",version="1",window="7d"${more}}`;
    const alerts = [
      alert("MlFeatureDrift", "info", ',feature="f3",method="psi"'),
      alert("MlPerformanceTargetMissed", "critical", ',metric="roc_auc"'),
    ];
    for (const [name, value] of [
      ["ALERTS", 1],
      ["ALERTS_FOR_STATE", end - 600],
    ])
      families.set(name, {
        header: [`# TYPE ${name} gauge`],
        series: alerts.map((labels) => [name + labels, value]),
        every: 10,
      });

    const file = join(folder, "exposition.om");
    const handle = openSync(file, "w");
    const random = mulberry(11);
    const steps = Math.floor(minutes / everyMinutes);
    let [series, perModel, text] = [0, 0, ""];
    for (const [name, { header, series: all, every = 1 }] of families) {
      text += `${header.join("\n")}\n`;
      for (const [key, value] of all) {
        const labelled = withScrape(key);
        const ofModel = labelled.includes(model);
        if (ofModel) perModel++;
        for (let index = 0; index < (ofModel ? models : 1); index += every) {
          const one = ofModel
            ? labelled.replaceAll(model, `model-${String(index + 1).padStart(3, "0")}`)
            : labelled;
          series++;
          // States, counts and moments stay what they are.
          const varies = !Number.isInteger(value) && !/^ml_exporter_|_timestamp_/.test(name);
          for (let step = 0; step <= steps; step++) {
            const at = end - (steps - step) * everyMinutes * 60;
            text += `${one} ${varies ? value * (0.9 + 0.2 * random()) : value} ${at}\n`;
          }
        }
        if (text.length > 4e6) {
          writeSync(handle, text);
          text = "";
        }
      }
    }
    writeSync(handle, `${text}# EOF\n`);
    closeSync(handle);
    promtool(["tsdb", "create-blocks-from", "openmetrics", "--quiet", file, data]);
    rmSync(file);
    return { series, perModel };
  }

  /** What the recording rules record of it. */
  function record(address, end, data) {
    const rules = readdirSync("prometheus/rules").map((file) => join("prometheus/rules", file));
    promtool([
      ...["tsdb", "create-blocks-from", "rules", "--quiet", `--url=${address}`, `--output-dir=${data}`],
      ...[`--start=${end - minutes * 60}`, `--end=${end}`, `--eval-interval=${everyMinutes}m`],
      ...rules,
    ]);
  }

  async function prometheus(data) {
    const port = await freePort();
    const config = join(folder, "prometheus.yml");
    writeFileSync(config, "global: { scrape_interval: 15s }\n");
    started(tools.prometheus, [
      `--config.file=${config}`,
      `--storage.tsdb.path=${data}`,
      "--storage.tsdb.retention.time=1d",
      `--web.listen-address=127.0.0.1:${port}`,
    ]);
    const address = `http://127.0.0.1:${port}`;
    const until = Date.now() + 60_000;
    while (!(await fetch(`${address}/-/ready`).catch(() => undefined))?.ok) {
      if (Date.now() > until) throw new Error("Prometheus did not start within a minute");
      await sleep(100);
    }
    return address;
  }

  function started(command, args) {
    const child = spawn(command, args, { stdio: "ignore" });
    const ended = new Promise((resolve) => child.once("exit", resolve).once("error", resolve));
    stops.push(async () => {
      child.kill("SIGTERM");
      await ended;
    });
  }

  async function stop() {
    for (const end of stops.splice(0)) await end();
  }
}

function withScrape(key) {
  const added = 'job="ml-exporter",instance="127.0.0.1:10058"';
  return key.includes("{") ? key.replace("{", `{${added},`) : `${key}{${added}}`;
}

function promtool(args) {
  const { status, stderr, error } = spawnSync(tools.promtool, args, { encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`promtool ${args.join(" ")}: ${stderr}`);
}

async function freePort() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** A small seeded generator (mulberry32): the values only have to differ. */
function mulberry(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296;
  };
}
