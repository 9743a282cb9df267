import { describe, expect, it } from "vitest";
import { parse } from "../exporter/parse.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, referenceRows, runEvaluate, scored, writeDemo, writeUsual } from "./world.ts";

describe("of the demo at the end of 1979", () => {
  const atMs = Date.UTC(1980, 0, 1);

  it("a table that a person can read", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1982);
    const { code, out, errors } = await runEvaluate(folder, { atMs });
    expect([code, errors]).toEqual([0, []]);
    await expect(out).toMatchFileSnapshot("../golden/evaluate.txt");
    // The table of issue and README: 5.37 [4.52, 6.38], three of five drifted.
    expect(out).toMatch(
      /^ {2}root_mean_squared_error +5\.37\d* +\[4\.52\d*, 6\.38\d*\] +93 +2\.257 +4 +missed$/m,
    );
    expect(out.match(/^ {2}\w+ +kolmogorov_smirnov .* drift$/gm)).toHaveLength(3);
  });

  it("is what it was when later rows were not there", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1979);
    const then = await runEvaluate(folder);
    await expect(then.out).toMatchFileSnapshot("../golden/evaluate.txt");
  });

  it("--fail-on target exits 3 only where one is missed", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1982);
    expect((await runEvaluate(folder, { atMs, failOnTarget: true })).code).toBe(3);
    expect((await runEvaluate(folder, { atMs: Date.UTC(1975, 0, 1), failOnTarget: true })).code).toBe(0);
  });

  it("--output metrics is a strict exposition of the model's families alone", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1979);
    const { code, out } = await runEvaluate(folder, { output: "metrics" });
    expect(code).toBe(0);
    const samples = parse(out, "text");
    expect(samples.length).toBeGreaterThan(100);
    expect([...new Set(samples.map(({ labels }) => labels.model))]).toEqual(["fuel-economy"]);
    expect(samples.filter(({ name }) => /^(ml_exporter_|ml_host_|process_)/.test(name))).toEqual([]);
  });

  it("--output json has models, their samples and findings", async () => {
    using folder = temporaryFolder();
    writeDemo(folder, 1979);
    const json = JSON.parse((await runEvaluate(folder, { output: "json" })).out);
    const text = parse((await runEvaluate(folder, { output: "metrics" })).out, "text");
    const [{ model, samples, findings, error }] = json.models;
    expect([json.models.length, model, error]).toEqual([1, "fuel-economy", undefined]);
    expect(samples.length).toBe(text.length);
    expect(samples).toContainEqual({
      name: "ml_performance_missed",
      labels: { model, version: "1970-73", window: "3y", metric: "root_mean_squared_error" },
      value: 1,
    });
    expect(Object.keys(findings[0])).toEqual(["key", "severity", "action", "sentence", "detail", "promql"]);
  });
});

describe("of several models", () => {
  const yaml = `models:${modelYaml("a")}${modelYaml("b")}${modelYaml("c").replace("task", "enabled: false\n    task")}`;

  it("--model chooses, and refuses a name that is not there or not enabled", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    folder.write("ml-exporter.yml", yaml);
    expect((await runEvaluate(folder)).out.match(/^\w.*$/gm)).toEqual(["a", "b"]);
    expect((await runEvaluate(folder, { models: ["b"] })).out.match(/^\w.*$/gm)).toEqual(["b"]);
    for (const name of ["c", "d"])
      expect(await runEvaluate(folder, { models: ["a", name] })).toEqual({
        code: 2,
        out: "",
        errors: [`--model: no model "${name}" in FOLDER/ml-exporter.yml; there are a, b`],
      });
  });

  it("one that cannot be evaluated does not hide the other", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    folder.write("ml-exporter.yml", `models:${modelYaml("a", "none/*.csv")}${modelYaml("b")}`);
    const { code, out, errors } = await runEvaluate(folder, { output: "json" });
    expect(code).toBe(1);
    expect(errors).toEqual([
      expect.stringContaining("models.a.predictions: no file matches FOLDER/none/*.csv"),
    ]);
    const [a, b] = JSON.parse(out).models;
    expect(a).toEqual({ model: "a", samples: [], findings: [], error: errors[0] });
    expect(b.samples.length).toBeGreaterThan(50);
  });
});

it("is as of the newest row: its age is no finding", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("scored/1.csv", scored.replaceAll("2026", "2020"));
  const { out } = await runEvaluate(folder);
  expect(out).toContain("  window 3d to 2020-01-04 09:00:00 UTC: 30 rows, 30 labelled\n");
  expect(out).not.toContain("no prediction for");
});

it("without timestamp, prediction and label the table tells what is left", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("reference.csv", referenceRows);
  folder.write(
    "ml-exporter.yml",
    "models:\n  - name: m\n    task: regression\n    features: [x]\n    reference: { type: files, path: reference.csv }\n    predictions: { type: files, path: scored/1.csv }\n",
  );
  const { code, out } = await runEvaluate(folder);
  expect(code).toBe(0);
  expect(out).toContain("  window all: 30 rows\n");
  expect(out).toMatch(/^ {2}x +kolmogorov_smirnov +0 +1 +0\.1$/m);
});

describe("--known-at", () => {
  it("hides labels that became known later; by default it is the moment itself", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    const yaml = modelYaml().replace("label: y }", "label: y, label_time: told }");
    folder.write("ml-exporter.yml", `models:${yaml}`);
    // The labels of 2 January are known at once, all others on 10 January.
    const told = (line: string, index: number) =>
      index === 0 ? `${line},told` : `${line},${line.includes("2026-01-02") ? "2026-01-02" : "2026-01-10"}`;
    folder.write("scored/1.csv", scored.trimEnd().split("\n").map(told).join("\n"));
    const labelled = async (options: Parameters<typeof runEvaluate>[1]) => {
      const { code, out, errors } = await runEvaluate(folder, options);
      expect([code, errors]).toEqual([0, []]);
      return / {2}window 3d .*: 30 rows, (\d+) labelled/.exec(out)?.[1];
    };
    const atMs = Date.UTC(2026, 0, 5);
    expect(await labelled({})).toBe("30");
    expect(await labelled({ atMs })).toBe("10");
    expect(await labelled({ atMs, knownAtMs: Date.UTC(2026, 0, 11) })).toBe("30");
    expect(await labelled({ knownAtMs: Date.UTC(2026, 0, 3) })).toBe("10");
  });

  it("says that it has no effect where labels have no time", async () => {
    using folder = temporaryFolder();
    writeUsual(folder);
    const { code, errors } = await runEvaluate(folder, { knownAtMs: 0 });
    expect([code, errors]).toEqual([
      0,
      ["m: --known-at has no effect: when a label became known is not told (columns.label_time)"],
    ]);
  });
});
