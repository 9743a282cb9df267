import { expect, test } from "vitest";
import { fairnessTable } from "./fairness.ts";
import { writeTable } from "./tables.ts";

/** Windows of every scene. */
const windows = Number(process.env.WINDOWS ?? 2_000);

test("false alarms and intervals of gaps between groups", () => {
  const { table, found } = fairnessTable(windows);
  writeTable("fairness", `${windows} simulated windows for each line`, table);
  for (const { scene, under05, under01, covered } of found) {
    // Four standard errors of the simulation beside what is allowed.
    const noise = (share: number) => 4 * Math.sqrt((share * (1 - share)) / windows);
    if (scene.gap === 0) {
      expect(under05 / windows).toBeLessThan(0.06 + noise(0.06));
      expect(under01 / windows).toBeLessThan(0.013 + noise(0.013));
    }
    expect(covered / windows).toBeGreaterThan(0.93 - noise(0.93));
  }
});
