import type { QualityCheck } from "./check.ts";

/** Categories that the reference does not have, over values present. */
export const unseen: QualityCheck = {
  help: "Share of the values present whose category the reference does not have.",
  columns: ["categorical"],
  needsReference: true,
  count: (summary) =>
    summary.kind === "categorical"
      ? { faults: summary.unseen, of: summary.rows - summary.missing }
      : { faults: 0, of: 0 },
  defaultLimit: () => 0.01,
};
