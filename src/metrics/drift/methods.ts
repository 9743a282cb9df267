import { chiSquared } from "./chi-squared.ts";
import { hellinger } from "./hellinger.ts";
import { jensenShannon } from "./jensen-shannon.ts";
import { kolmogorovSmirnov } from "./kolmogorov-smirnov.ts";
import { kullbackLeibler } from "./kullback-leibler.ts";
import { lInfinity } from "./l-infinity.ts";
import { meanDifference } from "./mean-difference.ts";
import type { DriftMethod } from "./method.ts";
import { psi } from "./psi.ts";
import { totalVariation } from "./total-variation.ts";
import { wasserstein } from "./wasserstein.ts";

/** Every drift method, by the name in the config and in the label `method`. */
export const driftMethods = {
  psi,
  jensen_shannon: jensenShannon,
  hellinger,
  total_variation: totalVariation,
  kullback_leibler: kullbackLeibler,
  l_infinity: lInfinity,
  chi_squared: chiSquared,
  kolmogorov_smirnov: kolmogorovSmirnov,
  wasserstein,
  mean_difference: meanDifference,
} as const satisfies Record<string, DriftMethod>;
