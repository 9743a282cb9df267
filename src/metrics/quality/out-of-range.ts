import type { QualityCheck } from "./check.ts";

/** Numbers under the reference's least or over its greatest value, and infinite ones, over values present. */
export const outOfRange: QualityCheck = {
  help: "Share of the values present that lie outside the reference's least and greatest value, or are infinite.",
  columns: ["numeric"],
  needsReference: true,
  count: (summary, bins) => {
    if (summary.kind !== "numeric" || bins?.kind !== "numeric") return { faults: 0, of: 0 };
    const { edges, min, max } = bins;
    let faults = summary.notFinite;
    summary.counts.forEach((count, interval) => {
      // (left, right], ends open. The double just below the minimum is an edge, and so is the maximum.
      const left = edges[interval - 1] ?? Number.NEGATIVE_INFINITY;
      const right = edges[interval] ?? Number.POSITIVE_INFINITY;
      if (right < min || left >= max) faults += count;
    });
    return { faults, of: summary.n + summary.notFinite };
  },
  defaultLimit: () => 0.01,
};
