import type { DatasetCheck } from "./dataset-check.ts";

/** Labels whose id no prediction has, over the labels of the source that are kept track of. */
export const unmatchedLabels: DatasetCheck = {
  help: "Share of the labels whose id no prediction has.",
  count: ({ window }) =>
    window.unmatchedLabels === null
      ? undefined
      : { faults: window.unmatchedLabels.unmatched, of: window.unmatchedLabels.of },
  defaultLimit: 0.01,
};
