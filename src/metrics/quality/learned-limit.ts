import type { QualityCheckName } from "../../config/config.ts";
import type { Reference } from "../../profiles/profile.ts";
import { predictionBound } from "../../statistics/learned.ts";
import { leaveOneOut, remembering } from "../learned.ts";
import { qualityChecks } from "./checks.ts";

/** Probability that a window like the reference's has a greater share of faults than is learned. */
const tail = 0.001;

const remembered = remembering<number | undefined>();

/**
 * The greatest share of faults that another window like the reference's would have, each of its windows held against the others;
 * never under half the default limit, and that default where there are fewer than ten windows.
 */
export function learnedLimit(
  reference: Reference | undefined,
  window: string,
  feature: string,
  name: QualityCheckName,
): number | undefined {
  if (reference === undefined) return qualityChecks[name].defaultLimit(undefined);
  return remembered(reference, JSON.stringify([window, feature, name]), () =>
    learn(reference, window, feature, name),
  );
}

function learn(
  reference: Reference,
  window: string,
  feature: string,
  name: QualityCheckName,
): number | undefined {
  const check = qualityChecks[name];
  const bins = reference.bins[feature];
  const whole = reference.profile.columns[feature];
  const usual = check.defaultLimit(whole && check.count(whole, bins));
  if (bins === undefined || usual === undefined) return usual;
  const shares = leaveOneOut(reference.windows[window] ?? [], feature).flatMap(({ own, others }) => {
    const { faults, of } = check.countAgainst?.(own, others, bins) ?? check.count(own, bins);
    return of === 0 ? [] : [faults / of];
  });
  const bound = predictionBound(shares, tail);
  return bound === undefined ? usual : Math.min(1, Math.max(bound, usual / 2));
}
