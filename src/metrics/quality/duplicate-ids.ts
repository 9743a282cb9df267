import type { DatasetCheck } from "./dataset-check.ts";

/** Rows whose id an earlier row of the same time bucket has, over the window's rows. */
export const duplicateIds: DatasetCheck = {
  help: "Share of the window's rows whose id an earlier row of the same time bucket has.",
  count: ({ model, window }) =>
    model.columns.id.length === 0 ? undefined : { faults: window.data.duplicates, of: window.data.rows },
  defaultLimit: 0.01,
};
