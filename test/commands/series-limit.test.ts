import { expect, it } from "vitest";
import { parse } from "../exporter/parse.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { modelYaml, runCheck, runEvaluate, startIn, until, writeUsual } from "./world.ts";

const limited = (series: number) =>
  `defaults: { schedule: "* * * * * *", describe: { distribution: true, quantiles: true }, limits: { series: ${series} } }\nmodels:${modelYaml()}`;

const about = /series left out|no series left out/;

it("over limits.series whole families stay away, counted, and said once", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("ml-exporter.yml", limited(1));
  await using running = await startIn(folder);
  const evaluations = (text: string) => Number(/ml_exporter_evaluations_total\{.*\} (\d+)/.exec(text)?.[1]);
  const text = await until(async () => {
    const page = await running.metrics();
    return evaluations(page) >= 3 && page;
  });
  const samples = parse(text, "text");
  const own = samples.filter(({ name, labels }) => labels.model === "m" && !name.startsWith("ml_exporter_"));
  const names = new Set<string>(own.map(({ name }) => name));
  expect([...names].filter((name) => /quantile|distribution|_mean|standard_deviation/.test(name))).toEqual(
    [],
  );
  expect(names.has("ml_performance")).toBe(true);
  expect(names.has("ml_feature_drift_limit")).toBe(true);
  const dropped = Object.fromEntries(
    samples
      .filter(({ name }) => name === "ml_exporter_series_dropped")
      .map(({ labels, value }) => [labels.reason, value]),
  );
  expect(dropped).toEqual({
    distribution: expect.any(Number),
    quantiles: expect.any(Number),
    means: 4,
    confusion: 0,
    class: 0,
    group: 0,
  });
  expect(dropped.distribution).toBeGreaterThan(5);
  expect(dropped.quantiles).toBeGreaterThan(5);
  expect(text).toContain('ml_exporter_series_limit{model="m"} 1\n');
  const said = running.logged.filter((line) => about.test(line));
  expect(said).toEqual([
    expect.stringMatching(
      /level=warn msg="series left out: over limits.series" model=m series=\d+ limit=1 dropped="distribution \d+, quantiles \d+, means 4"/,
    ),
  ]);

  folder.write("ml-exporter.yml", limited(5000));
  await running.exporter.reload();
  await until(async () => (await running.metrics()).includes("ml_feature_mean{"));
  expect(running.logged.filter((line) => about.test(line)).slice(1)).toEqual([
    expect.stringMatching(/level=info msg="no series left out any more" model=m series=\d+ limit=5000/),
  ]);
});

it("evaluate and check say what is left out", async () => {
  using folder = temporaryFolder();
  writeUsual(folder);
  folder.write("ml-exporter.yml", limited(1));
  const { code, out, errors } = await runEvaluate(folder, { output: "metrics" });
  expect(code).toBe(0);
  expect(errors).toEqual([
    expect.stringMatching(
      /^m: over limits\.series 1, so these series are left out: distribution \d+, quantiles \d+, means 4$/,
    ),
  ]);
  expect(out).not.toContain("ml_feature_mean");
  expect((await runCheck(folder)).out).toMatch(
    /\n {2}series: \d+ of at most 1: .*\n {2}over limits\.series, so these are left out: distribution/,
  );
});
