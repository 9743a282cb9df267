import type { NumericBins, NumericSummary } from "../../profiles/profile.ts";
import type { QualityCheck } from "./check.ts";

/** Numbers under the reference's least or over its greatest value, and infinite ones, over values present. */
export const outOfRange: QualityCheck = {
  help: "Share of the values present that lie outside the reference's least and greatest value, or are infinite.",
  columns: ["numeric"],
  needsReference: true,
  count: (summary) =>
    summary.kind === "numeric"
      ? {
          faults: summary.below.n + summary.above.n + summary.notFinite,
          of: summary.n + summary.notFinite,
        }
      : { faults: 0, of: 0 },
  countAgainst: (own, others, bins) => {
    if (own.kind !== "numeric" || others.kind !== "numeric" || bins.kind !== "numeric")
      return { faults: 0, of: 0 };
    // Nothing is outside a range that nothing spans.
    const outside = others.n === 0 ? 0 : outsideOf(others, own, bins);
    return { faults: outside + own.notFinite, of: own.n + own.notFinite };
  },
  defaultLimit: () => 0.01,
};

/** Values in fine bins that lie wholly outside the others' range: at least one where an end does. */
function outsideOf({ min, max }: NumericSummary, own: NumericSummary, { edges }: NumericBins): number {
  let under = 0;
  let over = 0;
  own.counts.forEach((count, interval) => {
    const left = edges[interval - 1] ?? Number.NEGATIVE_INFINITY;
    const right = edges[interval] ?? Number.POSITIVE_INFINITY;
    if (right < (min ?? 0)) under += count;
    if (left >= (max ?? 0)) over += count;
  });
  if (own.min !== null && own.min < (min ?? 0)) under = Math.max(1, under);
  if (own.max !== null && own.max > (max ?? 0)) over = Math.max(1, over);
  return under + over;
}
