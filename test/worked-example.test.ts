import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Sample } from "../src/catalogue.ts";
import { runEvaluate } from "./commands/world.ts";
import { temporaryFolder } from "./sources/folder.ts";

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");
const page = read("docs/statistics.md");

/** The page's one block in a language. */
function block(language: string): string {
  const blocks = [...page.matchAll(new RegExp(`\`\`\`${language}\\n(.*?)\`\`\``, "gs"))];
  expect(blocks, language).toHaveLength(1);
  return blocks[0]?.[1] ?? "";
}

/** What the page's Python block printed: `python test/oracles/worked_example.py`. */
const expected = JSON.parse(read("test/oracles/worked-example.json")) as { values: Record<string, number> };

async function published(): Promise<Map<string, number>> {
  using folder = temporaryFolder();
  folder.write("ml-exporter.yml", block("yaml"));
  for (const table of ["reference.csv", "scored.csv"]) folder.write(table, read(`docs/example/${table}`));
  const done = await runEvaluate(folder, { output: "json" });
  expect(done.errors).toEqual([]);
  const { samples } = (JSON.parse(done.out) as { models: [{ samples: Sample[] }] }).models[0];
  const named = ({ name, labels }: Sample) => {
    const { model: _, version: __, window: ___, ...own } = labels;
    const texts = Object.entries(own)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, value]) => `${key}="${value}"`);
    return `${name}{${texts.join(",")}}`;
  };
  return new Map(samples.map((sample) => [named(sample), sample.value]));
}

describe("the worked example of docs/statistics.md", () => {
  it("prints every number that its Python block asks for", () => {
    const shown = [...block("python").matchAll(/^\s*show\(/gm)];
    expect(Object.keys(expected.values)).toHaveLength(shown.length);
    expect(shown.length).toBeGreaterThan(20);
  });

  it("publishes the numbers of scikit-learn, scipy, statsmodels and fairlearn", async () => {
    const ours = await published();
    for (const [name, value] of Object.entries(expected.values)) {
      const own = ours.get(name);
      expect(own, name).toBeDefined();
      expect(Math.abs((own ?? 0) - value), `${name} is ${own}, expected ${value}`).toBeLessThanOrEqual(
        1e-9 * Math.abs(value),
      );
    }
  });
});
