import type { QualityCheck } from "./check.ts";

/** Infinite numbers, over values present. */
export const notFinite: QualityCheck = {
  help: "Share of the numbers present that are infinite.",
  columns: ["numeric"],
  needsReference: false,
  whileFaulty: true,
  count: (summary) =>
    summary.kind === "numeric"
      ? { faults: summary.notFinite, of: summary.n + summary.notFinite }
      : { faults: 0, of: 0 },
  defaultLimit: () => 0.01,
};
