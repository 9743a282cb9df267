import { expect, test } from "vitest";
import { driftTable, worst } from "./drift.ts";
import { allowed } from "./false-alarms.ts";
import { writeTable } from "./tables.ts";

/** Count vectors for every column, size of the reference and size of the window. */
const draws = Number(process.env.DRAWS ?? 100_000);

test("false alarms of drift", () => {
  const { table, found } = driftTable(draws);
  writeTable("drift", `${draws} simulated count vectors for each line of the second table`, table);
  for (const { ratios } of worst(found))
    ratios.forEach((ratio, at) => {
      expect(ratio).toBeLessThanOrEqual(allowed[at] ?? 0);
    });
});
