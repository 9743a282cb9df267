import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { commands } from "../src/commands/command-table.ts";
import { parseArguments } from "../src/commands/flags.ts";
import { version } from "../src/commands/version.ts";
import { UserError } from "../src/errors.ts";

const words = (line: string) => line.split(" ").filter(Boolean);
const parse = (line: string, terminal = false) => parseArguments(words(line), terminal);

describe("flags", () => {
  const serve = {
    logLevel: "info",
    logFormat: "logfmt",
    configFile: "ml-exporter.yml",
    listen: ":10058",
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    dataDir: "data",
  };
  const evaluate = {
    logLevel: "warn",
    logFormat: "logfmt",
    configFile: "ml-exporter.yml",
    models: [],
    output: "metrics",
    failOnTarget: false,
  };

  it.each([
    ["", { command: "serve", options: serve }],
    ["serve --config.file a.yml", { command: "serve", options: { ...serve, configFile: "a.yml" } }],
    ["--config.file=a=b.yml", { command: "serve", options: { ...serve, configFile: "a=b.yml" } }],
    [
      "serve --web.listen-address 127.0.0.1:0 --web.enable-lifecycle --web.max-requests=2 --web.external-url https://x.org/ml --data.dir d",
      {
        command: "serve",
        options: {
          ...serve,
          listen: "127.0.0.1:0",
          lifecycle: true,
          maxRequests: 2,
          externalUrl: "https://x.org/ml",
          dataDir: "d",
        },
      },
    ],
    [
      "check --log.level debug",
      {
        command: "check",
        options: { logLevel: "debug", logFormat: "logfmt", configFile: "ml-exporter.yml" },
      },
    ],
    [
      "evaluate --model a --model=b --at 2026-01-31 --fail-on target --output json",
      {
        command: "evaluate",
        options: {
          ...evaluate,
          models: ["a", "b"],
          atMs: Date.UTC(2026, 0, 31),
          failOnTarget: true,
          output: "json",
        },
      },
    ],
    [
      "evaluate --since 2026-01-01 --until 2026-01-02T12:00:00Z --every 1h --label job=ml --label=instance=a=b --known-at 2026-02-01",
      {
        command: "evaluate",
        options: {
          ...evaluate,
          knownAtMs: Date.UTC(2026, 1, 1),
          backfill: {
            sinceMs: Date.UTC(2026, 0, 1),
            untilMs: Date.UTC(2026, 0, 2, 12),
            everyMs: 3_600_000,
            labels: { job: "ml", instance: "a=b" },
          },
        },
      },
    ],
    [
      "evaluate --since 2026-01-01",
      {
        command: "evaluate",
        options: {
          ...evaluate,
          backfill: { sinceMs: Date.UTC(2026, 0, 1), everyMs: 300_000, labels: {} },
        },
      },
    ],
    [
      "init data/cars.csv",
      { command: "init", options: { logLevel: "warn", logFormat: "logfmt", data: "data/cars.csv" } },
    ],
    [
      "init --output=c.yml cars.csv",
      {
        command: "init",
        options: { logLevel: "warn", logFormat: "logfmt", data: "cars.csv", output: "c.yml" },
      },
    ],
    [
      "demo --speed 2.5",
      {
        command: "demo",
        options: { logLevel: "warn", logFormat: "logfmt", listen: "127.0.0.1:10058", speed: 2.5 },
      },
    ],
    ["check --version", { command: "version" }],
    [
      "run --workload fuel -- python train.py --help",
      {
        command: "run",
        options: {
          logLevel: "warn",
          logFormat: "logfmt",
          command: ["python", "train.py", "--help"],
          workload: "fuel",
          intervalMs: 1000,
        },
      },
    ],
    [
      "run --workload=fuel --phase serving --model m --config.file c.yml --size cpu=2,memory=4GiB --interval 250ms --web.listen-address :0 --exporter.url http://e:10058/ml --data.dir d --output o.json --mlflow.run-id a -- -- --version",
      {
        command: "run",
        options: {
          logLevel: "warn",
          logFormat: "logfmt",
          command: ["--", "--version"],
          workload: "fuel",
          phase: "serving",
          model: "m",
          configFile: "c.yml",
          size: { cpu: "2", memory: "4GiB" },
          intervalMs: 250,
          listen: ":0",
          exporterUrl: "http://e:10058/ml",
          dataDir: "d",
          output: "o.json",
          mlflowRunId: "a",
        },
      },
    ],
    ["run --version -- true", { command: "version" }],
  ])("%s", (line, expected) => expect(parse(line)).toEqual(expected));

  it("shows a table on a terminal", () => {
    expect(parse("evaluate", true)).toMatchObject({ options: { output: "table" } });
    expect(parse("evaluate --output metrics", true)).toMatchObject({ options: { output: "metrics" } });
    expect(parse("evaluate --since 2026-01-01", true)).toMatchObject({ options: { output: "metrics" } });
  });

  it.each([
    ["srve", 'unknown command "srve"; expected one of serve, check, evaluate, init, run, demo'],
    ["--config.fil a", "unknown flag --config.fil; did you mean --config.file?"],
    ["-config.file a", "unknown flag -config.file; did you mean --config.file?"],
    ["check --zzzzzzzz=1", "unknown flag --zzzzzzzz; see ml-exporter check --help"],
    ["check --web.enable-lifecycle", "unknown flag --web.enable-lifecycle; see ml-exporter check --help"],
    ["check a.yml", "a.yml: check takes no arguments; expected flags (see ml-exporter check --help)"],
    ["--config.file", "--config.file: no value; expected FILE"],
    ["--config.file --log.level=info", "--config.file: no value; expected FILE"],
    ["--log.level=loud", '--log.level: "loud" is not allowed; expected one of debug, info, warn, error'],
    [
      "--web.enable-lifecycle=no",
      "--web.enable-lifecycle: a switch takes no value; expected --web.enable-lifecycle alone",
    ],
    ["--web.max-requests 0", '--web.max-requests: "0" is not allowed; expected a whole number, at least 1'],
    ["--data.dir a --data.dir b", "--data.dir: given twice; expected it once"],
    [
      "evaluate --at noon",
      '--at: "noon" is not allowed; expected a time such as 2026-01-31T12:00:00Z or a date',
    ],
    ["evaluate --every 5m", "--every: is for a back-fill; expected --since beside it"],
    ["evaluate --label a=b", "--label: is for a back-fill; expected --since beside it"],
    ["evaluate --since 2026-01-01 --at 2026-01-02", "--at: given beside --since; expected one of the two"],
    [
      "evaluate --since 2026-01-01 --fail-on target",
      "--fail-on: given beside --since; expected one of the two",
    ],
    [
      "evaluate --since 2026-01-01 --output json",
      "--output: a back-fill is OpenMetrics; expected metrics, or none",
    ],
    [
      "evaluate --since 2026-01-01 --until 2025-12-31",
      "--until: is before --since; expected a moment after it",
    ],
    [
      "evaluate --since 2026-01-01 --every 0s",
      '--every: "0s" is not allowed; expected a duration such as 5m or 1h, longer than 0',
    ],
    [
      "evaluate --since 2026-01-01 --label job",
      '--label: "job" is not allowed; expected a label such as job=ml',
    ],
    [
      "evaluate --since 2026-01-01 --label __name__=x",
      '--label: "__name__=x" is not allowed; expected a label such as job=ml',
    ],
    [
      "evaluate --since 2026-01-01 --label a=1 --label a=2",
      "--label: a is given twice; expected each label once",
    ],
    [
      "evaluate --since 2026-01-01 --label model=x",
      "--label: model is a label of our own series; expected another such as job or instance",
    ],
    ["run -- true", "run: no --workload; expected --workload NAME"],
    [
      "run --workload a",
      "run: no COMMAND; expected it after --, as in ml-exporter run --workload NAME -- COMMAND",
    ],
    [
      "run --workload a --",
      "run: no COMMAND; expected it after --, as in ml-exporter run --workload NAME -- COMMAND",
    ],
    ["run true", "true: stands before --; expected ml-exporter run [flags] -- COMMAND …"],
    [
      "run --workload a --interval 0s -- true",
      '--interval: "0s" is not allowed; expected a duration such as 5m or 1h, longer than 0',
    ],
    ["init", "init: no DATA; expected a CSV, Parquet or NDJSON file"],
    ["init a.csv b.csv", "b.csv: init takes one DATA; expected a CSV, Parquet or NDJSON file"],
    ["demo --speed 0", '--speed: "0" is not allowed; expected a number above 0'],
  ])("refuses %s", (line, message) => expect(() => parse(line)).toThrow(new UserError(message)));

  it.each(Object.entries(commands))("help of %s names every flag", (name, { flags }) => {
    const help = parse(`${name} --help`);
    if (help.command !== "help") throw new Error("not a help");
    for (const flag of Object.keys(flags)) expect(help.text).toContain(`  --${flag}`);
    for (const line of help.text.split("\n")) expect(line.length).toBeLessThanOrEqual(130);
  });
});

const built = resolve(import.meta.dirname, "../dist/cli.js");

describe.skipIf(!existsSync(built))("the built program", () => {
  const run = (...given: string[]) => spawnSync(process.execPath, [built, ...given], { encoding: "utf8" });

  it("tells its version", () => {
    const { status, stdout, stderr } = run("--version");
    expect([status, stdout, stderr]).toEqual([
      0,
      `ml-exporter ${version} (node ${process.versions.node})\n`,
      "",
    ]);
  });

  it.each([
    [["--config.fil"], "unknown flag --config.fil; did you mean --config.file?\n"],
    [
      ["check", "--config.file", "nowhere.yml"],
      "nowhere.yml: no such file; write it, or name another with --config.file\n",
    ],
  ])("%j is one line and exit code 2", (given, message) => {
    const { status, stdout, stderr } = run(...given);
    expect([status, stdout, stderr]).toEqual([2, "", message]);
  });
});
