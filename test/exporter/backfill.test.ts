import { expect, it } from "vitest";
import type { FamilyName, Sample } from "../../src/catalogue.ts";
import { createBackfill } from "../../src/exporter/backfill.ts";

const window = { model: "m", version: "", window: "1d" };
const sample = (name: FamilyName, labels: Record<string, string>, value: number): Sample => ({
  name,
  labels,
  value,
});
const first = Date.UTC(2026, 0, 1);
const hour = 3_600_000;

async function text(
  moments: readonly (readonly [ms: number, samples: readonly Sample[]])[],
  labels: Record<string, string> = {},
): Promise<string> {
  const filled = createBackfill(labels);
  for (const [ms, samples] of moments) await filled.add(samples, ms);
  return [...filled.pieces()].join("");
}

it("keeps a family's series together and a series' points in order, with HELP and TYPE once", async () => {
  const rows = (value: number) => sample("ml_window_predictions", window, value);
  const drift = (feature: string, value: number) =>
    sample("ml_feature_drift", { ...window, feature, method: "psi" }, value);
  const written = await text([
    [first, [rows(1), drift("x", 0.5)]],
    [first + hour, [rows(2), drift("x", 0.25), drift("y", 1e-7)]],
    [first + 2 * hour + 500, [drift("y", Number.POSITIVE_INFINITY)]],
  ]);
  const lines = written.split("\n");
  expect(lines.filter((line) => !line.startsWith("# HELP"))).toEqual([
    "# TYPE ml_window_predictions gauge",
    'ml_window_predictions{model="m",version="",window="1d"} 1 1767225600',
    'ml_window_predictions{model="m",version="",window="1d"} 2 1767229200',
    "# TYPE ml_feature_drift gauge",
    'ml_feature_drift{model="m",version="",window="1d",feature="x",method="psi"} 0.5 1767225600',
    'ml_feature_drift{model="m",version="",window="1d",feature="x",method="psi"} 0.25 1767229200',
    'ml_feature_drift{model="m",version="",window="1d",feature="y",method="psi"} 1e-7 1767229200',
    'ml_feature_drift{model="m",version="",window="1d",feature="y",method="psi"} +Inf 1767232800.5',
    "# EOF",
    "",
  ]);
  expect(lines.filter((line) => line.startsWith("# HELP"))).toHaveLength(2);
});

it("adds the labels of a scrape in front, escaped; a series without labels gets them too", async () => {
  const written = await text(
    [[first, [sample("ml_window_predictions", window, 1), sample("process_start_time_seconds", {}, 5)]]],
    { job: "ml", instance: 'a\\b"c\nd' },
  );
  expect(written.split("\n").filter((line) => !line.startsWith("#"))).toEqual([
    'ml_window_predictions{job="ml",instance="a\\\\b\\"c\\nd",model="m",version="",window="1d"} 1 1767225600',
    'process_start_time_seconds{job="ml",instance="a\\\\b\\"c\\nd"} 5 1767225600',
    "",
  ]);
});

it("holds values of labels that look like the format itself", async () => {
  const odd = 'a} 7 1767225600\n# EOF "x", y="z';
  const written = await text([
    [first, [sample("ml_model_owner_info", { model: odd, team: "", tier: "{" }, 1)]],
  ]);
  expect(written).toContain(
    'ml_model_owner_info{model="a} 7 1767225600\\n# EOF \\"x\\", y=\\"z",team="",tier="{"} 1 1767225600\n',
  );
});

it("is an empty exposition where nothing was measured", async () => {
  expect(await text([])).toBe("# EOF\n");
});
