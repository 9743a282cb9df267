import type { QualityCheck } from "./check.ts";

/** Values that are null or NaN, over rows. */
export const missing: QualityCheck = {
  help: "Share of the rows whose value is missing (null or NaN).",
  columns: ["numeric", "categorical"],
  needsReference: false,
  count: ({ missing: faults, rows: of }) => ({ faults, of }),
  defaultLimit: (reference) =>
    reference === undefined || reference.of === 0
      ? undefined
      : Math.min(1, reference.faults / reference.of + 0.05),
};
