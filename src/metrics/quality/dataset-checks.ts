import type { DatasetCheck } from "./dataset-check.ts";
import { duplicateIds } from "./duplicate-ids.ts";
import { unmatchedLabels } from "./unmatched-labels.ts";

/** Every check of whole rows, by the name in the config (`quality`) and in the label `check`. */
export const datasetChecks = {
  duplicate_ids: duplicateIds,
  unmatched_labels: unmatchedLabels,
} as const satisfies Record<string, DatasetCheck>;
