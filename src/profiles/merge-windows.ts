import { emptyProfile, mergeProfiles } from "./merge.ts";
import type { ColumnBins, Profile, WindowProfiles } from "./profile.ts";
import type { ModelStore } from "./store.ts";
import { blockOf, type WindowCut, within } from "./windows.ts";

/** statistics.md §4, "Blocks": seven spans show how much neighbouring rows have in common. */
const blockCount = 7;

/** How the windows are cut. */
export interface Cutting {
  readonly cuts: readonly WindowCut[];
  readonly width: number;
}

/**
 * The profiles of every window from those of its buckets; the bins give a window without rows its shape. A model without timestamps
 * has one window over all rows, of the given label.
 */
export async function mergeWindows(
  store: ModelStore,
  bins: Readonly<Record<string, ColumnBins>> | undefined,
  cutting: Cutting | string,
): Promise<WindowProfiles[]> {
  const empty = emptyProfile(bins);
  if (typeof cutting === "string") {
    const all = (await store.profiles([0])).get(0) ?? empty;
    return [{ label: cutting, data: all, labelled: all, blocks: [] }];
  }
  const { cuts, width } = cutting;
  const spans = cuts.flatMap(({ data, labelled }) => [data, labelled]);
  const wanted = [...store.buckets.keys()].filter((bucket) => spans.some((span) => within(span, bucket)));
  const profiles = [...(await store.profiles(wanted))];
  const merged = (keep: (bucket: number) => boolean, part = (profile: Profile) => profile): Profile =>
    mergeProfiles([empty, ...profiles.filter(([bucket]) => keep(bucket)).map(([, one]) => part(one))]);
  return cuts.map(({ label, data, labelled }) => {
    const whole = merged((bucket) => within(data, bucket));
    const shifted = labelled.endMs !== data.endMs;
    const outcomes = shifted ? merged((bucket) => within(labelled, bucket)) : whole;
    // The spans are asked for outcomes alone.
    const block = (index: number) =>
      merged(
        (bucket) => within(labelled, bucket) && blockOf(bucket, labelled, width, blockCount) === index,
        (profile) => ({ ...profile, columns: {} }),
      );
    const blocks =
      outcomes.labels === 0 ? [] : Array.from({ length: blockCount }, (_, index) => block(index));
    return { label, data: whole, labelled: outcomes, blocks };
  });
}
