import { spawnSync } from "node:child_process";
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

/** Where each program that some tests need is looked for, and the Debian package that brings it. */
const programs = {
  promtool: { names: ["promtool"], package: "prometheus" },
  prometheus: { names: ["prometheus"], package: "prometheus" },
  amtool: { names: ["amtool"], package: "prometheus-alertmanager" },
  alertmanager: { names: ["prometheus-alertmanager", "alertmanager"], package: "prometheus-alertmanager" },
  chromium: { names: ["chromium", "chromium-browser", "google-chrome"], package: "chromium" },
  "node-exporter": {
    names: ["prometheus-node-exporter", "node_exporter"],
    package: "prometheus-node-exporter",
  },
  "docker-compose": { names: ["docker-compose"], package: "docker-compose" },
} as const;

/** A program that some tests need. */
export type Program = keyof typeof programs;

/** The path of a program, or undefined when it is not installed. */
function findBinary(program: Program): string | undefined {
  for (const name of programs[program].names) {
    for (const folder of (process.env.PATH ?? "").split(delimiter)) {
      if (folder !== "" && isExecutable(join(folder, name))) return join(folder, name);
    }
  }
  return undefined;
}

/**
 * For `describe.skipIf(missing("promtool", …))`: whether a program is missing, with a printed reason. With CI set nothing is skipped, so
 * that the tests of a missing program fail there.
 */
export function missing(...needed: readonly Program[]): boolean {
  const absent = needed.filter((program) => findBinary(program) === undefined);
  if (absent.length === 0) return false;
  const packages = [...new Set(absent.map((program) => programs[program].package))].join(" ");
  process.stderr.write(`skipped: ${absent.join(", ")} not found (apt-get install ${packages})\n`);
  return !process.env.CI;
}

/** The path of a program; an error that names the package when it is not installed. */
export function binary(program: Program): string {
  const path = findBinary(program);
  if (path === undefined) {
    throw new Error(`${program} is not installed: apt-get install ${programs[program].package}`);
  }
  return path;
}

/** Runs a program to its end and returns what it printed; an error holds its whole output. */
export function runBinary(program: Program, args: readonly string[], cwd?: string): string {
  const result = spawnSync(binary(program), args, {
    encoding: "utf8",
    ...(cwd === undefined ? {} : { cwd }),
  });
  if (result.status !== 0) {
    throw new Error(`${program} ${args.join(" ")}: exit ${result.status}\n${result.stdout}${result.stderr}`);
  }
  return result.stdout;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
