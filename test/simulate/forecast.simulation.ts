import { expect, test } from "vitest";
import { breachesForecast } from "./forecast.ts";
import { writeTable } from "./tables.ts";

const draws = Number(process.env.DRAWS ?? 20_000);

test("forecasts that are false, and breaches that are found", () => {
  const sizes = [30, 100, 300, 1000];
  const rows = sizes.map((labels) => ({
    labels,
    steady: breachesForecast(0, labels, draws, labels),
    growing: breachesForecast(0.005, labels, draws / 50, labels + 1),
  }));
  const lines = [
    "| labels a window | steady errors: breach forecast | +0.5 % a day: breach forecast |",
    "| --- | --- | --- |",
    ...rows.map(
      ({ labels, steady, growing }) => `| ${labels} | ${steady} | ${(100 * growing).toFixed(0)} % |`,
    ),
    "",
  ];
  writeTable(
    "forecast",
    `${draws} series of 29 daily windows of normal errors, target 10 % over those of the first day, a week ahead`,
    lines.join("\n"),
  );
  for (const { steady, labels } of rows) if (labels >= 100) expect(steady).toBeLessThanOrEqual(0.0001);
  expect(rows.find(({ labels }) => labels === 300)?.growing).toBeGreaterThanOrEqual(0.82);
});
