import type { Reference } from "../../profiles/profile.ts";
import { valuesOf } from "../columns.ts";
import { leaveOneOut } from "../learned.ts";
import { compare } from "./cells.ts";
import { chiSquaredPValue, kolmogorovPValue } from "./column.ts";

/** How many of the reference's own windows differ from the others in a feature, by its p-value. */
export interface Alikeness {
  readonly feature: string;
  readonly windows: number;
  /** With p < 0.001 against all others; one in a thousand is expected where rows are independent. */
  readonly different: number;
  readonly share: number;
}

const significance = 0.001;

/**
 * Whether p-values can be believed of a model: of each feature with at least two windows, worst first. Where over 5 % differ rows
 * depend on each other or on the season, and learned limits are the better choice. Numbers by Kolmogorov and Smirnov's test,
 * categories by χ².
 */
export function alikeness(reference: Reference, window: string): Alikeness[] {
  const windows = reference.windows[window] ?? [];
  return Object.entries(reference.bins)
    .map(([feature, bins]) => {
      const pValues = leaveOneOut(windows, feature).flatMap(({ own, others }) => {
        if (valuesOf(own) === 0 || valuesOf(others) === 0) return [];
        const compared = compare(bins, others, own);
        if (compared === undefined) return [];
        const p = compared.kind === "numeric" ? kolmogorovPValue(compared) : chiSquaredPValue(compared);
        return typeof p === "number" ? [p] : [];
      });
      const different = pValues.filter((p) => p < significance).length;
      return { feature, windows: pValues.length, different, share: different / pValues.length };
    })
    .filter((entry) => entry.windows >= 2)
    .sort((left, right) => right.share - left.share || (left.feature < right.feature ? -1 : 1));
}
