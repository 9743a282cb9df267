import { type FamilyName, families, type Sample } from "../catalogue.ts";

/** What goes over `limits.series`, in this order, each with all its companions (contract.md §3, "Cardinality"). */
const expendable = {
  distribution: ["ml_feature_distribution_ratio"],
  quantiles: ["ml_feature_quantile"],
  means: ["ml_feature_mean", "ml_feature_standard_deviation"],
  confusion: ["ml_confusion_predictions"],
  class: ["ml_class_performance"],
  group: ["ml_group_performance"],
} as const satisfies Readonly<Record<string, readonly FamilyName[]>>;

/** What was left out: the `reason` of ml_exporter_series_dropped. */
export type DropReason = keyof typeof expendable;
export const dropReasons = Object.keys(expendable) as DropReason[];

/** A family and its companions, which have its name and a suffix. */
const withCompanions = (roots: readonly string[]): ReadonlySet<string> =>
  new Set(
    Object.keys(families).filter((name) =>
      roots.some((root) => name === root || name.startsWith(`${root}_`)),
    ),
  );

/** Names of families by reason. */
const droppable = new Map(dropReasons.map((reason) => [reason, withCompanions(expendable[reason])]));

export interface Limited {
  readonly samples: readonly Sample[];
  /** How many series went, by reason; what did not go is 0. */
  readonly dropped: Readonly<Record<DropReason, number>>;
}

/**
 * Leaves out whole families until a model has at most so many series. Performance, drift and quality always stay, so that more than
 * the limit may be left.
 */
export function withinLimit(samples: readonly Sample[], limit: number): Limited {
  const dropped = Object.fromEntries(dropReasons.map((reason) => [reason, 0])) as Record<DropReason, number>;
  let left = samples;
  for (const reason of dropReasons) {
    if (left.length <= limit) break;
    const kept = left.filter(({ name }) => !droppable.get(reason)?.has(name));
    dropped[reason] = left.length - kept.length;
    left = kept;
  }
  return { samples: left, dropped };
}

/** `distribution 120, quantiles 30`; empty when nothing went. */
export const droppedText = (dropped: Limited["dropped"]): string =>
  dropReasons
    .filter((reason) => dropped[reason] > 0)
    .map((reason) => `${reason} ${dropped[reason]}`)
    .join(", ");
