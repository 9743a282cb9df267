import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { expect, it } from "vitest";

/**
 * Who may import whom: the data flows from left to right (config, sources, engines, profiles, metrics, exporter), and a part knows
 * only what lies to its left. `types` are imported as types alone. Packages are listed with the one file that may import them.
 */
const rooms: Record<string, { values: readonly string[]; types: readonly string[] }> = {
  "errors.ts": { values: [], types: [] },
  "catalogue.ts": { values: [], types: [] },
  "log.ts": { values: [], types: [] },
  statistics: { values: [], types: [] },
  // Only the tables of metrics, methods, measures and checks: their names are what may be written.
  config: { values: ["errors.ts", "metrics"], types: [] },
  engines: { values: ["errors.ts"], types: ["config"] },
  sources: { values: ["engines", "errors.ts"], types: ["config"] },
  // Of the engines only their error.
  profiles: { values: ["errors.ts", "statistics", "engines"], types: ["config"] },
  metrics: { values: ["statistics"], types: ["config", "profiles", "catalogue.ts"] },
  host: { values: ["errors.ts"], types: ["catalogue.ts", "config"] },
  workloads: { values: ["errors.ts", "statistics", "host"], types: ["catalogue.ts", "config"] },
  // Of the metrics only what their tables say: units, ranges, which side is better.
  exporter: { values: ["catalogue.ts", "errors.ts", "metrics"], types: ["config"] },
  "schedule.ts": { values: ["errors.ts"], types: ["config"] },
  monitor: {
    values: ["sources", "profiles", "metrics", "errors.ts"],
    types: ["catalogue.ts", "config", "engines"],
  },
  init: { values: ["errors.ts"], types: ["config", "engines"] },
  demo: { values: ["errors.ts", "catalogue.ts"], types: ["exporter"] },
  dashboards: { values: ["catalogue.ts"], types: [] },
  "catalogue-page.ts": { values: ["catalogue.ts"], types: [] },
  "generated.ts": { values: ["catalogue-page.ts", "dashboards", "metrics"], types: [] },
  "generate.ts": { values: ["generated.ts"], types: [] },
  commands: {
    values: [
      "config",
      "engines",
      "sources",
      "profiles",
      "metrics",
      "monitor",
      "demo",
      "init",
      "host",
      "workloads",
      "exporter",
      "schedule.ts",
      "catalogue.ts",
      "errors.ts",
    ],
    types: ["log.ts"],
  },
  "cli.ts": { values: ["commands", "errors.ts", "log.ts"], types: [] },
};

const packages: Record<string, string> = {
  "@duckdb/node-api": "engines/duckdb.ts",
  "prom-client": "exporter/exposition.ts",
  express: "exporter/server.ts",
  "node-cron": "schedule.ts",
  systeminformation: "host/elsewhere.ts",
  yaml: "config/load.ts",
};

const source = resolve(import.meta.dirname, "../src");
const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((file) =>
  file.endsWith(".ts"),
);

interface Import {
  readonly line: string;
  readonly target: string;
  readonly typeOnly: boolean;
}

function imports(file: string): Import[] {
  const text = readFileSync(join(source, file), "utf8");
  const found: Import[] = [];
  for (const match of text.matchAll(/^(?:import|export)\s+(type\s)?[^;]*?from\s+"([^"]+)"/gm)) {
    const number = text.slice(0, match.index).split("\n").length;
    const named = /\{([^}]*)\}/
      .exec(match[0])?.[1]
      ?.split(",")
      .map((name) => name.trim())
      .filter(Boolean);
    const typeOnly = match[1] !== undefined || (named?.every((name) => name.startsWith("type ")) ?? false);
    found.push({ line: `src/${file}:${number} imports ${match[2]}`, target: match[2] ?? "", typeOnly });
  }
  return found;
}

const room = (file: string) => file.split(/[\\/]/)[0] ?? file;

it("every file lies in a room of the table", () => {
  expect(files.map(room).filter((name) => !(name in rooms))).toEqual([]);
});

it("a part imports only what the table allows", () => {
  const offences = files.flatMap((file) =>
    imports(file).flatMap(({ line, target, typeOnly }) => {
      if (!target.startsWith(".")) {
        const owner = packages[target];
        return owner && owner !== file.replaceAll("\\", "/") ? [`${line}; only src/${owner} may`] : [];
      }
      const from = room(file);
      const to = room(relative(source, resolve(source, file, "..", target)));
      if (to === from) return [];
      const allowed = rooms[from];
      if (allowed?.values.includes(to) || (typeOnly && allowed?.types.includes(to))) return [];
      return [
        `${line}; ${from} may import ${[...(allowed?.values ?? []), ...(allowed?.types ?? []).map((name) => `types of ${name}`)].join(", ")}`,
      ];
    }),
  );
  expect(offences).toEqual([]);
});

it("process.argv and process.env are read in cli.ts alone", () => {
  const readers = files.filter((file) =>
    /process\.(argv|env)\b/.test(readFileSync(join(source, file), "utf8")),
  );
  expect(readers).toEqual(["cli.ts"]);
});
