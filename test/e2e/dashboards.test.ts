import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { families } from "../../src/catalogue.ts";
import { missing } from "../binaries.ts";
import { committed, type Query, queries } from "../dashboards/queries.ts";
import { othersSeries } from "../promql.ts";
import { eventually } from "./processes.ts";
import { type Stack, startStack } from "./stack.ts";

/** As in the story: every duration is this many times shorter. */
const factor = 100;

/** What the dashboards' variables are set to, and what labels of those names are. */
const variables = {
  job: ".+",
  instance: ".+",
  team: "x",
  model: "x",
  version: "1",
  window: "7d",
  metric: "x",
  method: "x",
  attribute: "x",
  measure: "x",
  workload: "x",
  phase: "serving",
  feature: "x",
};
/** Labels whose values matter; the first version's first window may alert. */
const several: Readonly<Record<string, readonly string[]>> = {
  version: ["1", "2"],
  window: ["7d", "24h"],
  phase: ["serving"],
  resource: ["cpu", "memory", "gpu", "gpu_memory"],
  unit: ["core", "byte"],
  mode: ["idle"],
  family: ["ml_fairness_difference"],
};

/** Where everything is measured: each family of the catalogue for two versions and two windows, and what other exporters would say. */
function everything(): string {
  const others = Object.entries(othersSeries).map(
    ([name, labels]) => [name, { labels, type: "untyped" }] as const,
  );
  const lines = [...Object.entries(families), ...others].flatMap(([name, { labels, type }]) => [
    `# TYPE ${name} ${type}`,
    ...combinations(labels).map((pairs) => `${name}{${pairs.join(",")}} ${seriesValue(name, pairs)}`),
  ]);
  return `${lines.join("\n")}\n`;
}

function combinations(labels: readonly string[]): string[][] {
  return labels.reduce<string[][]>(
    (all, label) =>
      all.flatMap((pairs) => (several[label] ?? ["x"]).map((value) => [...pairs, `${label}="${value}"`])),
    [[]],
  );
}

/** Everything is found, but no fault of the data: it would speak against the retrain. */
function seriesValue(name: string, pairs: readonly string[]): number {
  if (/_quality_ratio_detected$/.test(name)) return 0;
  if (name === "ml_window_alerting")
    return Number(pairs.includes('version="1"') && pairs.includes('window="7d"'));
  // So that memory is nearly used up.
  if (name === "ml_memory_limit_ratio") return 0.5;
  if (name.endsWith("_total")) return Math.round(performance.now());
  // What is scraped is up, and its evaluations succeed.
  return 1;
}

describe.skipIf(missing("prometheus", "alertmanager"))("where everything is measured", () => {
  let folder: string;
  let server: Server;
  let stack: Stack;
  let begun: number;

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "ml-exporter-dashboards-"));
    server = createServer((_request, response) => {
      response.writeHead(200, { "content-type": "text/plain; version=0.0.4" }).end(everything());
    }).listen(0, "127.0.0.1");
    await once(server, "listening");
    begun = Date.now() / 1000;
    stack = await startStack(folder, `127.0.0.1:${(server.address() as AddressInfo).port}`, factor);
  });

  afterAll(async () => {
    await stack?.[Symbol.asyncDispose]();
    server?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([...committed()])(
    "every query of %s is answered",
    { timeout: 60_000 },
    async (_name, dashboard) => {
      const ask = ({ instant, expr }: Query) =>
        instant
          ? stack.prometheus.query(expr)
          : stack.prometheus.queryRange(expr, begun, Date.now() / 1000, 0.5);
      const unanswered = async () => {
        const found: string[] = [];
        for (const query of queries(dashboard, variables))
          if ((await ask(query)).length === 0) found.push(`${query.title} ${query.refId}`);
        return found;
      };
      // Alerts fire and rates are known only after some scrapes.
      await eventually(
        "every query",
        async () => (await unanswered()).length === 0 || undefined,
        30_000,
      ).catch(() => undefined);
      expect(await unanswered()).toEqual([]);
    },
  );
});
