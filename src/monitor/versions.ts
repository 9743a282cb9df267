import type { ModelConfig } from "../config/config.ts";
import { type KnownRows, rowsWithin } from "../profiles/known-rows.ts";
import type { View } from "./as-of.ts";

type Versions = ReadonlyMap<string, KnownRows>;

/**
 * The version whose findings may alert: the one with the newest row, to the bucket. Of several that answer side by side it is the one that
 * was there first: which one's row came last changes from moment to moment, and alerts that wait would begin anew each time.
 */
export function activeVersion(rows: Versions, newest: number | undefined): string | undefined {
  const bucket = newest ?? 0;
  const ranked = [...rows].flatMap(([version, { firstMs, rows: of }]) => {
    const count = of.get(bucket);
    return count === undefined ? [] : [{ version, firstMs, count }];
  });
  ranked.sort(
    (a, b) => compare(a.firstMs, b.firstMs) || compare(b.count, a.count) || compare(a.version, b.version),
  );
  return ranked[0]?.version;
}

const compare = <T>(a: T, b: T) => (a < b ? -1 : a > b ? 1 : 0);

/** Versions that are measured: those with rows in their longest window, and the active one, which is missed when it is silent. */
export function liveVersions(
  model: ModelConfig,
  rows: Versions,
  { cuts }: View,
  active: string | undefined,
): string[] {
  if (model.columns.version === undefined) return [model.version];
  const longest = cuts.at(-1);
  const live = [...rows].filter(
    ([version, of]) =>
      version === active ||
      longest === undefined ||
      rowsWithin(of, longest.data) > 0 ||
      rowsWithin(of, longest.labelled) > 0,
  );
  return live.map(([version]) => version).sort(compare);
}
