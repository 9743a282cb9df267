import type { FairnessMeasureName, Task } from "../../config/config.ts";

const byTask: Readonly<Record<Task, readonly FairnessMeasureName[]>> = {
  regression: ["mean_absolute_error_difference"],
  binary: [
    "demographic_parity_difference",
    "demographic_parity_ratio",
    "equal_opportunity_difference",
    "equalized_odds_difference",
  ],
  multiclass: ["accuracy_difference"],
};

/** What is measured of every attribute where `fairness` is not configured; without a limit it never alerts. */
export const defaultMeasures = (task: Task): readonly FairnessMeasureName[] => byTask[task];
