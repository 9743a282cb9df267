import { expect, it } from "vitest";
import { temporaryFolder } from "../sources/folder.ts";
import { runCheck } from "./world.ts";

const names = Array.from({ length: 100 }, (_, index) => `f${index}`);
/** The most series are those of numbers. */
const cell = (row: number, index: number) => ((row + 1) * (index + 3) * 7919) % 997;

const rows = (first: number, number: number): string => {
  const header = ["ts", "pred", "y", "p", ...names].join(",");
  const lines = Array.from({ length: number }, (_, row) => {
    const at = new Date(Date.UTC(2026, 0, 1) + (first + row) * 3_600_000).toISOString();
    const p = ((row * 37) % 100) / 100;
    const features = names.map((_name, index) => cell(row, index));
    return [at, row % 10, (row * 53) % 100 < p * 100 ? 1 : 0, p, ...features].join(",");
  });
  return `${[header, ...lines].join("\n")}\n`;
};

it.each([
  ["regression", "prediction: pred"],
  ["binary", "probability: p"],
])("with the defaults a %s of 100 features stays under 4,000 series", async (task, answer) => {
  using folder = temporaryFolder();
  folder.write("reference.csv", rows(0, 100));
  folder.write("scored.csv", rows(100, 100));
  folder.write(
    "ml-exporter.yml",
    `models:
  - name: m
    task: ${task}
    columns: { timestamp: ts, ${answer}, label: y }
    features: [${names.join(", ")}]
    reference: { type: files, path: reference.csv }
    predictions: { type: files, path: scored.csv }
    window_end: latest
`,
  );
  const { code, out } = await runCheck(folder);
  expect(code).toBe(0);
  const series = Number(/ {2}series: (\d+) of at most 10000: /.exec(out)?.[1]);
  expect(series).toBeGreaterThan(1000);
  expect(series, out.slice(out.indexOf("  series"))).toBeLessThan(4000);
});
