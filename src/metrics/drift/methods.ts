import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import type { DriftMethod } from "./method.ts";
import { psi } from "./psi.ts";

/** Every drift method, by the name in the config and in the label `method`. */
export const driftMethods = {
  psi,
  kolmogorov_smirnov: kolmogorovSmirnov,
} as const satisfies Record<string, DriftMethod>;
