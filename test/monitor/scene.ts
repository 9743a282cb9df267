import { afterAll, beforeAll } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import { parseConfig } from "../../src/config/load.ts";
import { openDuckdb } from "../../src/engines/duckdb.ts";
import type { Engine } from "../../src/engines/engine.ts";
import type { Sources } from "../../src/monitor/model-rows.ts";
import { type AsOf, createMonitor, type Evaluation } from "../../src/monitor/monitor.ts";
import type { Store } from "../../src/profiles/store.ts";
import type { Source } from "../../src/sources/source.ts";
import { sources as kinds } from "../../src/sources/sources.ts";
import { temporaryFolder } from "../sources/folder.ts";

let engine: Engine;
beforeAll(async () => {
  engine = await openDuckdb({ memory: "500MB", threads: 2 });
});
afterAll(() => engine.close());

export const hour = 3_600_000;
export const day = 24 * hour;
/** Day 0. */
export const start = Date.UTC(2026, 0, 1);
/** That day (and hour) as ISO text. */
export const time = (dayOfYear: number, hours = 0) =>
  new Date(start + dayOfYear * day + hours * hour).toISOString();

/** Rows `id, ts, x, y_hat` of one day; x counts up, the prediction is x. */
export function rows(dayOfYear: number, count = 10, offset = 0): string {
  const lines = Array.from({ length: count }, (_, i) => {
    const ts = new Date(start + dayOfYear * day + i * 3_600_000).toISOString();
    return `d${dayOfYear}-${i},${ts},${i + offset},${i}`;
  });
  return `id,ts,x,y_hat\n${lines.join("\n")}\n`;
}

/** Truths `y` of a day's rows: the prediction and so much more. */
export function truths(dayOfYear: number, error: number, count = 10): string {
  return `id,y\n${Array.from({ length: count }, (_, i) => `d${dayOfYear}-${i},${i + error}`).join("\n")}\n`;
}

export const yaml = `
models:
  - name: m
    task: regression
    columns: { id: id, timestamp: ts, prediction: y_hat, label: y }
    features: [x]
    reference: { type: files, path: reference.csv }
    predictions: { type: files, path: "scored/*.csv" }
    labels: { type: files, path: "truth/*.csv" }
    windows: [2d, 4d]
`;

/** A monitor over a folder, and the names of the files it opened since last asked. */
export function watched(folder: string, store: Store, text = yaml) {
  const [model] = parseConfig(text, { file: "ml-exporter.yml", folder, environment: {} }).models;
  if (!model) throw new Error("no model");
  const opened: string[] = [];
  const watch = (source: Source): Source => ({
    ...source,
    columns: (part) => {
      opened.push(part.name);
      return source.columns(part);
    },
    relation: (parts) => {
      opened.push(...parts.map(({ name }) => name));
      return source.relation(parts);
    },
  });
  const open = (key: "predictions" | "reference" | "labels") => {
    const config = model[key];
    if (config === undefined || config.type === "span") return undefined;
    return watch(kinds[config.type](config, engine, `models.m.${key}`));
  };
  const [predictions, reference, labels] = [open("predictions"), open("reference"), open("labels")];
  const sources = { predictions, ...(reference && { reference }), ...(labels && { labels }) } as Sources;
  const monitor = createMonitor(model, engine, store, sources);
  return {
    monitor,
    evaluate: (asOf: AsOf = { kind: "newest" }) => monitor.evaluate(asOf, start + 10 * day),
    opened: () => [...new Set(opened.splice(0))].map((name) => name.slice(folder.length + 1)).sort(),
  };
}

export const reference = `x,y_hat,y\n${Array.from({ length: 50 }, (_, i) => `${i % 10},${i % 10},${(i % 10) + (i % 2 ? 1 : -1)}`).join("\n")}\n`;

export function value(
  samples: readonly Sample[],
  name: FamilyName,
  labels: Record<string, string> = {},
): number | undefined {
  return samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
  )?.value;
}
export const rmse = ({ samples }: Evaluation, window: string) =>
  value(samples, "ml_performance", { window, metric: "root_mean_squared_error" });
export const counts = ({ samples }: Evaluation, window: string) => [
  value(samples, "ml_window_predictions", { window }),
  value(samples, "ml_window_labels", { window }),
];

/** A folder with a reference and a file of rows and of truths for each of the days; the error of a day is its number. */
export function scene(days: readonly number[]) {
  const folder = temporaryFolder();
  folder.write("reference.csv", reference);
  for (const one of days) {
    folder.write(`scored/day${one}.csv`, rows(one));
    folder.write(`truth/day${one}.csv`, truths(one, one));
  }
  return folder;
}
