import type { QualityCheck } from "./check.ts";

/** Categories that the reference does not have, over values present. */
export const unseen: QualityCheck = {
  help: "Share of the values present whose category the reference does not have.",
  columns: ["categorical"],
  needsReference: true,
  count: (summary) =>
    summary.kind === "categorical"
      ? { faults: summary.unseen, of: summary.rows - summary.missing }
      : { faults: 0, of: 0 },
  // Which of the rarest categories (`(other)`) a window lacks is not known: they count as seen.
  countAgainst: (own, others) => {
    if (own.kind !== "categorical" || others.kind !== "categorical") return { faults: 0, of: 0 };
    const faults = own.counts.reduce(
      (sum, count, cell) => ((others.counts[cell] ?? 0) === 0 ? sum + count : sum),
      own.unseen,
    );
    return { faults, of: own.rows - own.missing };
  },
  defaultLimit: () => 0.01,
};
