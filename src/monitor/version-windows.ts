import type { KnownRows } from "../profiles/known-rows.ts";
import { emptyProfile } from "../profiles/merge.ts";
import type { MergeTree } from "../profiles/merge-tree.ts";
import { type MergedWindow, mergeWindow } from "../profiles/merge-windows.ts";
import { emptyOutcome } from "../profiles/outcome.ts";
import type { PastWindow, Profile, WindowProfiles } from "../profiles/profile.ts";
import type { State } from "../profiles/state.ts";
import type { Span } from "../profiles/windows.ts";
import { forecasts, type View } from "./as-of.ts";
import type { ModelRows } from "./model-rows.ts";
import type { Past } from "./past.ts";
import type { Prepared } from "./prepare.ts";
import { activeVersion, liveVersions } from "./versions.ts";

interface Scene {
  readonly rows: ModelRows;
  readonly found: Prepared;
  readonly view: View;
  readonly known: ReadonlyMap<string, KnownRows>;
  readonly past: Past;
  /** undefined without timestamps. */
  readonly tree: MergeTree | undefined;
  readonly unmatched: State["unmatched"];
}

interface VersionWindows {
  readonly version: string;
  readonly windows: readonly WindowProfiles[];
}

/** The windows of every version that is measured, and what the newest bucket holds. */
export async function readWindows(
  scene: Scene,
): Promise<{ versions: readonly VersionWindows[]; last: readonly Profile[] }> {
  const { rows, found, view, known } = scene;
  const { model } = rows;
  const newest = view.newest ?? 0;
  const last = (await found.store.profiles([newest])).get(newest) ?? {};
  const active = activeVersion(known, view.newest);
  const pasts = await pastOf(scene);
  const versions: VersionWindows[] = [];
  for (const version of liveVersions(model, known, view, active)) {
    const merged = await mergedWindows(scene, version);
    const windows = merged.map((window) => ({
      ...window,
      version,
      alerting:
        window.label === model.alertWindow && (version === active || model.columns.version === undefined),
      past: pasts.get(window.label)?.get(version) ?? [],
      unmatchedLabels: scene.unmatched && {
        unmatched: scene.unmatched.unmatched,
        of: scene.unmatched.of,
      },
    }));
    versions.push({ version, windows });
  }
  return { versions, last: Object.values(last) };
}

/** A model without timestamps has one window over all rows. */
async function mergedWindows({ rows, found, view, tree }: Scene, version: string): Promise<MergedWindow[]> {
  const { store, reference, schema } = found;
  const empty = {
    ...emptyProfile(reference?.bins, reference?.outputBins),
    outcome: emptyOutcome(schema),
  };
  if (tree === undefined || rows.width === undefined) {
    const all = (await store.profiles([0])).get(0)?.[version] ?? empty;
    return [{ label: rows.model.alertWindow, data: all, labelled: all, blocks: [] }];
  }
  const over = async (span: Span) => (await tree.over(store, span)).get(version) ?? [];
  const windows: MergedWindow[] = [];
  for (const cut of view.cuts) windows.push(await mergeWindow(over, empty, cut, rows.width));
  return windows;
}

/** Window → version → its past. */
async function pastOf({ rows, found, view, past }: Scene): Promise<Map<string, Map<string, PastWindow[]>>> {
  const all = new Map<string, Map<string, PastWindow[]>>();
  if (!forecasts(rows.model)) return all;
  for (const cut of view.cuts) all.set(cut.label, await past.before(found.store, cut));
  return all;
}
