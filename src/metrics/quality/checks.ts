import type { QualityCheck } from "./check.ts";
import { missing } from "./missing.ts";
import { outOfRange } from "./out-of-range.ts";
import { unseen } from "./unseen.ts";

/** Every quality check, by the name in the config and in the label `check`. */
export const qualityChecks = {
  missing,
  out_of_range: outOfRange,
  unseen,
} as const satisfies Record<string, QualityCheck>;
