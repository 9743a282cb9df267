import type { QualityCheck } from "./check.ts";
import { missing } from "./missing.ts";
import { notFinite } from "./not-finite.ts";
import { outOfRange } from "./out-of-range.ts";
import { unseen } from "./unseen.ts";
import { wrongType } from "./wrong-type.ts";

/** Every check of a column, by the name in the config and in the label `check`. */
export const qualityChecks = {
  missing,
  not_finite: notFinite,
  out_of_range: outOfRange,
  unseen,
  wrong_type: wrongType,
} as const satisfies Record<string, QualityCheck>;
