import type { QualityCheck } from "./check.ts";

/** Values of a numeric column that cannot be read as a number, over rows. */
export const wrongType: QualityCheck = {
  help: "Share of the rows whose value in a numeric column is no number (text, say).",
  columns: ["numeric"],
  needsReference: false,
  whileFaulty: true,
  count: (summary) =>
    summary.kind === "numeric" ? { faults: summary.wrongType, of: summary.rows } : { faults: 0, of: 0 },
  defaultLimit: () => 0.01,
};
