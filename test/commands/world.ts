import { readFileSync } from "node:fs";
import { check } from "../../src/commands/check.ts";
import type { Io } from "../../src/commands/command.ts";
import { evaluate } from "../../src/commands/evaluate.ts";
import { type ExporterOptions, startExporter } from "../../src/commands/exporter.ts";
import { init } from "../../src/commands/init.ts";
import { referenceFile, story } from "../../src/demo/story.ts";
import { createLog } from "../../src/log.ts";
import { cars, model } from "../demo/demo-cars.ts";
import type { temporaryFolder } from "../sources/folder.ts";

/** The moment of every command here: as if on 5 January 2026. */
export const nowMs = Date.UTC(2026, 0, 5);

type Folder = ReturnType<typeof temporaryFolder>;

/** What a command did; the folder's path is `FOLDER` in its texts. */
export interface Done {
  readonly code: number;
  readonly out: string;
  readonly errors: readonly string[];
}

async function done(folder: Folder, run: (io: Io) => Promise<number>): Promise<Done> {
  let out = "";
  const errors: string[] = [];
  const shown = (text: string) => text.replaceAll(folder.path, "FOLDER");
  const io: Io = {
    print: (text) => {
      out += shown(text);
    },
    error: (text) => errors.push(shown(text)),
    terminal: true,
    columns: 80,
    environment: {},
    signal: new AbortController().signal,
    onReload: () => undefined,
    now: () => nowMs,
    log: createLog({
      level: "debug",
      format: "logfmt",
      now: () => nowMs,
      write: (line) => errors.push(shown(line)),
    }),
  };
  // A UserError ends the program with its message and 2: src/cli.ts, test/cli.test.ts.
  const code = await run(io).catch((error: unknown) => {
    if (!(error instanceof Error) || error.name !== "UserError") throw error;
    errors.push(shown(error.message));
    return 2;
  });
  return { code, out, errors };
}

const flags = { logLevel: "warn", logFormat: "logfmt" } as const;
const configIn = (folder: Folder) => `${folder.path}/ml-exporter.yml`;

/** `ml-exporter check` in a folder; what it says of the machine, which is another everywhere, stands apart. */
export async function runCheck(folder: Folder): Promise<Done & { readonly host: string | undefined }> {
  const all = await done(folder, (io) => check({ ...flags, configFile: configIn(folder) }, io));
  const host = /^host\n(?: {2}.*\n)+\n/m.exec(all.out)?.[0];
  return { ...all, out: all.out.replace(host ?? "", ""), host };
}

/** `ml-exporter evaluate` in a folder. */
export const runEvaluate = (
  folder: Folder,
  options: Partial<Parameters<typeof evaluate>[0]> = {},
): Promise<Done> =>
  done(folder, (io) =>
    evaluate(
      {
        ...flags,
        configFile: configIn(folder),
        models: [],
        output: "table",
        failOnTarget: false,
        ...options,
      },
      io,
    ),
  );

/** `ml-exporter init` of a file in a folder; the configuration goes to the folder's own when nothing else is said. */
export const runInit = (folder: Folder, data: string, output = configIn(folder)): Promise<Done> =>
  done(folder, (io) => init({ ...flags, data: `${folder.path}/${data}`, output }, io));

/** An exporter over a folder, its log kept; `get` is a request to it. */
export async function startIn(folder: Folder, options: Partial<ExporterOptions> = {}) {
  const logged: string[] = [];
  const exporter = await startExporter({
    configFile: configIn(folder),
    dataDir: `${folder.path}/data`,
    listen: "127.0.0.1:0",
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: true,
    environment: {},
    now: Date.now,
    log: createLog({
      level: "info",
      format: "logfmt",
      now: () => nowMs,
      write: (line) => logged.push(line.replaceAll(folder.path, "FOLDER")),
    }),
    ...options,
  });
  const get = (path: string, init?: RequestInit) => fetch(`${exporter.address}${path}`, init);
  const metrics = async () => (await get("/metrics")).text();
  return { exporter, logged, get, metrics, [Symbol.asyncDispose]: () => exporter.stop() };
}

/** Asks again and again until what is asked for is there; the test's own time limit ends a vain wait. */
export async function until<T>(ask: () => Promise<T | undefined | false>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** The demo's folder as it is when the cars of a model year and their truths have arrived. */
export function writeDemo(folder: Folder, lastYear: number): void {
  const shipped = new URL("../../demo/ml-exporter.yml", import.meta.url);
  folder.write("ml-exporter.yml", readFileSync(shipped));
  folder.write("reference.csv", referenceFile(cars, model));
  for (const step of story(cars, model)) if (step.year <= lastYear) folder.write(step.file, step.text);
}

/** Thirty scored rows of 2 to 4 January 2026, ten a day: x is 0 to 9, every prediction 2 too low. */
export const scored = csv("id,ts,x,c,pred,y", 30, (i) =>
  [i, `2026-01-0${2 + (i % 3)}T0${i % 9}:00:00Z`, i % 10, "ab"[i % 2], i % 10, (i % 10) + 2].join(","),
);

/** Fifty rows to compare them with, every prediction off by 1. */
export const referenceRows = csv("x,c,pred,y", 50, (i) =>
  [i % 10, "ab"[i % 2], i % 10, (i % 10) + (i % 2 ? 1 : -1)].join(","),
);

function csv(header: string, rows: number, row: (index: number) => string): string {
  return `${[header, ...Array.from({ length: rows }, (_, index) => row(index))].join("\n")}\n`;
}

/** A model over these rows, as YAML below `models:`. */
export const modelYaml = (name = "m", predictions = "scored/*.csv") => `
  - name: ${name}
    task: regression
    columns: { id: id, timestamp: ts, prediction: pred, label: y }
    features: [x, c]
    reference: { type: files, path: reference.csv }
    predictions: { type: files, path: "${predictions}" }
    windows: [1d, 3d]
    window_end: latest
`;

/** A folder's usual content: one model, one file of predictions, one of reference rows. */
export function writeUsual(folder: Folder): void {
  folder.write("ml-exporter.yml", `models:${modelYaml()}`);
  folder.write("reference.csv", referenceRows);
  folder.write("scored/1.csv", scored);
}
