import { expect, test } from "vitest";
import { coverage, coverageTable, scenes } from "./performance.ts";
import { writeTable } from "./tables.ts";

/** Windows of every scene. */
const windows = Number(process.env.WINDOWS ?? 2_000);

/** Four standard errors of the simulation. */
const noise = (share: number) => 4 * Math.sqrt((share * (1 - share)) / windows);

test("intervals of performance metrics hold the truth", () => {
  const found = scenes.flatMap((scene) => coverage(scene, windows));
  writeTable("performance", `${windows} simulated windows for each line`, coverageTable(found));
  const missesOf = (name: string, rows: number | string, metric: string) => {
    const one = found.find(
      (line) => line.scene.name === name && line.scene.rows === rows && line.metric === metric,
    );
    return one ?? expect.fail(`no line ${name} ${rows} ${metric}`);
  };
  const errors = missesOf("AR(1) 0.8, normal errors", 350, "root_mean_squared_error");
  expect(errors.over).toBeLessThan(0.025 + noise(0.025));
  expect(errors.rowWise?.over).toBeGreaterThan(0.1);
  const area = missesOf("area 0.99", "15 + 15", "roc_auc");
  expect(1 - area.under - area.over).toBeGreaterThan(0.97 - noise(0.97));
});
