import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { deliver as deliverRun } from "../../src/workloads/deliver.ts";
import { exampleReport } from "../workloads/example-report.ts";
import { eventually, start } from "./processes.ts";

/** The built program. */
export const cli = "dist/cli.js";
/** The job under which everything is scraped. */
export const job = "ml-exporter";
/** The demo's, credit, animals, broken and empty. */
const modelCount = 5;
/** Then the exporter itself is watched: its last scrapes, this far apart on Prometheus's clock and on ours. */
const scrapes = { kept: 16, after: 5, seconds: 15, waitMs: 400 };

/** What a live exporter says in OpenMetrics, but for the models' measures, which the past holds. */
export async function watched(
  rows: string,
  folder: string,
  address: string,
  past: readonly string[],
): Promise<(end: number) => string> {
  await using _exporter = await start(
    process.execPath,
    [
      cli,
      "serve",
      `--config.file=${join(rows, "ml-exporter.yml")}`,
      `--data.dir=${join(folder, "data")}`,
      `--web.listen-address=${address}`,
    ],
    `http://${address}/-/ready`,
  );
  const page = async () => {
    const headers = { accept: "application/openmetrics-text; version=1.0.0" };
    return (await fetch(`http://${address}/metrics`, { headers })).text();
  };
  const signal = AbortSignal.timeout(30_000);
  const run = await deliverRun(exampleReport(), { url: `http://${address}`, signal, sleep });
  if (!run.delivered) throw new Error(`the run's report: ${run.reason}`);
  const pages: string[] = [];
  const scrape = async () => {
    await sleep(scrapes.waitMs);
    pages.push(await page());
    if (pages.length > scrapes.kept) pages.shift();
    return complete(pages.at(-1) ?? "") || undefined;
  };
  await eventually("every model is evaluated, and the machine read twice", scrape, 90_000);
  for (let more = 0; more < scrapes.after; more++) await scrape();
  return (end) => asScraped(pages, address, past, end);
}

/** Whether every model was evaluated or failed, and the machine's and the workloads' use is known: that takes two readings. */
const complete = (page: string) =>
  [...page.matchAll(/^ml_exporter_evaluation_success\{/gm)].length === modelCount &&
  ["ml_host_cpu_utilization_ratio", "ml_workload_utilization_ratio"].every((name) =>
    page.includes(`\n${name}`),
  );

/** Whether the past has it already: what is measured of a model that could be evaluated. */
function ofThePast(line: string, past: readonly string[]): boolean {
  const model = /^ml_(?!exporter_|workload_).*\bmodel="([^"]*)"/.exec(line)?.[1];
  return model !== undefined && !/_total\{/.test(line) && past.includes(model);
}

/** Pages as Prometheus would have scraped them, the last at the end: a family's series together, with job, instance and a time. */
function asScraped(pages: readonly string[], address: string, past: readonly string[], end: number): string {
  const families = new Map<string, { header: string[]; lines: string[] }>();
  const added = `job="${job}",instance="${address}"`;
  for (const [index, page] of pages.entries()) {
    const at = end - (pages.length - 1 - index) * scrapes.seconds;
    let family = { header: [] as string[], lines: [] as string[] };
    for (const line of page.split("\n")) {
      const [, name] = /^# (?:HELP|TYPE|UNIT) (\S+)/.exec(line) ?? [];
      if (name !== undefined) {
        const known = families.get(name);
        family = known ?? { header: [], lines: [] };
        if (known === undefined) families.set(name, family);
        if (!family.header.includes(line)) family.header.push(line);
      } else if (line !== "" && !line.startsWith("#") && !ofThePast(line, past)) {
        const labelled = line.includes("{")
          ? line.replace("{", `{${added},`)
          : line.replace(" ", `{${added}} `);
        family.lines.push(`${labelled} ${at}`);
      }
    }
    const up = families.get("up") ?? { header: ["# TYPE up gauge"], lines: [] };
    families.set("up", up);
    up.lines.push(`up{${added}} 1 ${at}`);
  }
  const text = [...families]
    .filter(([, { lines }]) => lines.length > 0)
    .flatMap(([, { header, lines }]) => [...header, ...lines.sort(bySeries)]);
  return `${[...text, "# EOF"].join("\n")}\n`;
}

/** Points of one series must follow each other: the text before the value and the time, then the time. */
function bySeries(a: string, b: string): number {
  const [first = [], second = []] = [a, b].map((line) => /^(.*) \S+ (\S+)$/.exec(line) ?? []);
  if (first[1] === second[1]) return Number(first[2]) - Number(second[2]);
  return (first[1] ?? "") < (second[1] ?? "") ? -1 : 1;
}
