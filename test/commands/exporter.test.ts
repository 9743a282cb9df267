import { readdirSync, rmSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import { parse } from "../exporter/parse.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, scored, startIn, until, writeUsual } from "./world.ts";

type Folder = ReturnType<typeof temporaryFolder>;
type Running = Awaited<ReturnType<typeof startIn>>;

const value = (samples: readonly Sample[], name: FamilyName, labels: Record<string, string>) =>
  samples.find(
    (sample) =>
      sample.name === name && Object.entries(labels).every(([key, text]) => sample.labels[key] === text),
  )?.value;
const scrape = async ({ metrics }: Running) => parse(await metrics(), "text");
/** Names of the models that have results of an evaluation. */
const published = (samples: readonly Sample[]) =>
  samples.flatMap(({ name, labels }) => (name === "ml_model_info" ? [labels.model] : [])).sort();

/** Waits for a scrape that satisfies. */
const scrapeUntil = (running: Running, satisfied: (samples: Sample[]) => boolean) =>
  until(async () => {
    const samples = await scrape(running);
    return satisfied(samples) && samples;
  });

/** Two models over folders of their own, evaluated every second. */
function writeTwo(folder: Folder): void {
  writeConfig(folder, modelYaml("broken", "broken/*.csv"), modelYaml("sound", "sound/*.csv"));
  folder.write("reference.csv", referenceRows);
  folder.write("broken/1.csv", scored);
  folder.write("sound/1.csv", scored);
}
function writeConfig(folder: Folder, ...models: string[]): void {
  folder.write("ml-exporter.yml", `defaults: { schedule: "* * * * * *" }\nmodels:${models.join("")}`);
}

// Side by side, for they wait for ticks.
describe.concurrent("a source that fails at runtime", () => {
  it.each([
    [
      "is gone",
      "source",
      (folder: Folder) => rmSync(`${folder.path}/broken/1.csv`),
      "models.broken.predictions: no file matches FOLDER/broken/*.csv; files end in .csv, .tsv, .parquet, .ndjson, .jsonl or .json; text formats also with .gz",
    ],
    [
      "gets a broken file",
      "source",
      (folder: Folder) => folder.write("broken/2.csv", `${scored}1,2\n`),
      "models.broken.predictions: FOLDER/broken/2.csv line 32: 2 fields instead of 6",
    ],
    [
      "gets a file of other columns",
      "columns",
      (folder: Folder) => folder.write("broken/2.csv", scored.replace(",x,", ",mass,")),
      'models.broken.predictions: FOLDER/broken/2.csv has a column "mass", FOLDER/broken/1.csv has not; all files of a source have the same columns',
    ],
    [
      "gets text for a prediction",
      "columns",
      (folder: Folder) => folder.write("broken/2.csv", scored.replace(",a,0,", ",a,zero,")),
      'models.broken.columns.prediction: column "pred" in FOLDER/broken/2.csv holds "zero"; a number is needed',
    ],
  ])("and %s: keeps its samples until overdue, then recovers", async (_what, reason, spoil, message) => {
    using folder = temporaryFolder();
    writeTwo(folder);
    await using running = await startIn(folder);
    const failed = (samples: readonly Sample[]) =>
      value(samples, "ml_exporter_evaluation_failures_total", { model: "broken", reason }) ?? 0;
    const success = (samples: readonly Sample[], model: string) =>
      value(samples, "ml_exporter_evaluation_success", { model });
    const both = (samples: readonly Sample[]) => published(samples).length === 2;
    const before = await scrapeUntil(running, both);
    expect([success(before, "broken"), failed(before)]).toEqual([1, 0]);

    spoil(folder);
    const rows = { model: "broken", window: "3d" };
    const first = await scrapeUntil(running, (samples) => success(samples, "broken") === 0);
    expect(running.logged.find((line) => line.includes("evaluation failed"))).toContain(
      `model=broken reason=${reason} error=${JSON.stringify(message)}`,
    );
    if (published(first).includes("broken")) expect(value(first, "ml_window_predictions", rows)).toBe(30);
    // Tried again at the next ticks.
    await scrapeUntil(running, (samples) => failed(samples) >= 2);
    const overdue = await scrapeUntil(running, (samples) => published(samples).join() === "sound");
    expect(value(overdue, "ml_window_predictions", rows)).toBeUndefined();
    expect(value(overdue, "ml_exporter_series", { model: "broken" })).toBe(0);
    expect([success(overdue, "broken"), success(overdue, "sound")]).toEqual([0, 1]);
    expect(await (await running.get("/")).text()).toContain(
      message.replaceAll("FOLDER", folder.path).replaceAll('"', "&quot;"),
    );

    rmSync(`${folder.path}/broken`, { recursive: true });
    folder.write("broken/1.csv", scored);
    const mended = await scrapeUntil(running, (samples) => success(samples, "broken") === 1 && both(samples));
    expect(value(mended, "ml_window_predictions", rows)).toBe(30);
    expect(running.logged.some((line) => line.includes("model=sound") && !line.includes("level=info"))).toBe(
      false,
    );
  });
});

describe("reload", () => {
  const reload = ({ get }: Running) => get("/-/reload", { method: "POST" });
  const ok = (samples: readonly Sample[]) => value(samples, "ml_exporter_config_last_reload_successful", {});

  it("takes a good configuration: models leave at once and appear", async () => {
    using folder = temporaryFolder();
    writeTwo(folder);
    await using running = await startIn(folder);
    await scrapeUntil(running, (samples) => published(samples).join() === "broken,sound");
    writeConfig(folder, modelYaml("new", "sound/*.csv"), modelYaml("sound", "sound/*.csv"));
    expect([(await reload(running)).status, running.logged.at(-1)]).toEqual([
      200,
      'ts=2026-01-05T00:00:00.000Z level=info msg="configuration loaded" file=FOLDER/ml-exporter.yml',
    ]);
    const now = await scrape(running);
    expect(now.some(({ labels }) => labels.model === "broken")).toBe(false);
    expect(published(now)).toContain("sound");
    await scrapeUntil(running, (samples) => published(samples).join() === "new,sound");
  });

  it("keeps the configuration when the new one has a fault", async () => {
    using folder = temporaryFolder();
    writeTwo(folder);
    await using running = await startIn(folder);
    await scrapeUntil(running, (samples) => published(samples).length === 2);
    folder.write("ml-exporter.yml", `models:${modelYaml()}    window_ends: now\n`);
    const answer = await reload(running);
    expect([answer.status, await answer.json()]).toEqual([
      500,
      {
        error: {
          code: "reload_failed",
          message: `${folder.path}/ml-exporter.yml:10:5 models.0: unknown key "window_ends"; did you mean window_end?`,
        },
      },
    ]);
    const kept = await scrape(running);
    expect([ok(kept), published(kept)]).toEqual([0, ["broken", "sound"]]);
    await expect(running.exporter.reload()).rejects.toThrow("window_ends");
    writeTwo(folder);
    expect([(await reload(running)).status, ok(await scrape(running))]).toEqual([200, 1]);
  });

  it("is refused without --web.enable-lifecycle", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    await using running = await startIn(folder, { lifecycle: false });
    expect((await reload(running)).status).toBe(403);
  });

  it("many at once, while evaluations run, with other settings of the engine", async () => {
    using folder = temporaryFolder();
    writeTwo(folder);
    await using running = await startIn(folder);
    const answers: Promise<Response>[] = [];
    for (const threads of [1, 2, 1, 2]) {
      folder.write(
        "ml-exporter.yml",
        `engine: { threads: ${threads}, memory: 300MB }\nmodels:${modelYaml("sound", "sound/*.csv")}`,
      );
      answers.push(reload(running), reload(running));
    }
    expect((await Promise.all(answers)).map(({ status }) => status)).toEqual(answers.map(() => 200));
    const samples = await scrapeUntil(running, (found) => published(found).join() === "sound");
    expect(value(samples, "ml_window_predictions", { model: "sound", window: "3d" })).toBe(30);
    expect(running.logged.filter((line) => /level=(warn|error)/.test(line))).toEqual([]);
  });

  it.runIf(process.platform === "linux")("ten of them leave no file open", async () => {
    using folder = temporaryFolder();
    writeTwo(folder);
    await using running = await startIn(folder);
    const settled = async () => {
      for (const model of ["broken", "sound"]) await running.exporter.evaluateNow(model);
      return readdirSync("/proc/self/fd").length;
    };
    await reload(running);
    const before = await settled();
    for (let round = 0; round < 10; round++) {
      expect((await reload(running)).status).toBe(200);
      await settled();
    }
    expect(await settled()).toBeLessThanOrEqual(before + 2);
  });
});
