import type { ModelConfig } from "../config/config.ts";
import { newestBucket } from "../profiles/stale.ts";
import type { ModelStore } from "../profiles/store.ts";
import { cutWindows, hull, type Span, spansBefore, type WindowCut, windowsEnd } from "../profiles/windows.ts";

/**
 * As of when: the clock, a given moment (windows end at the bucket edge before it), or the newest row. `knownAtMs` hides labels that became known
 * later; of a given moment it is the same moment by default.
 */
export type AsOf = { readonly knownAtMs?: number } & (
  | { readonly kind: "now" | "moment"; readonly ms: number }
  | { readonly kind: "newest" }
);

/** Without timestamps all rows are the bucket 0. */
const wholeTable: Span = { startMs: 0, endMs: 1 };

/** What an evaluation looks at. */
export interface View {
  readonly cuts: readonly WindowCut[];
  /** The newest bucket that is seen. */
  readonly newest: number | undefined;
  /** Of all windows; undefined: there is no row that has a time. */
  readonly span: Span | undefined;
  /** The same with the past that a forecast looks at. */
  readonly wide: Span | undefined;
  /** Rows before it (epoch ms) have all the labels they will get. */
  readonly settledBeforeMs: number | undefined;
  readonly knownAtMs: number | undefined;
}

export const knownAt = (asOf: AsOf): number | undefined =>
  asOf.knownAtMs ?? (asOf.kind === "moment" ? asOf.ms : undefined);

export function viewOf(model: ModelConfig, width: number | undefined, store: ModelStore, asOf: AsOf): View {
  const knownAtMs = knownAt(asOf);
  const none = { cuts: [], newest: undefined, settledBeforeMs: undefined, knownAtMs };
  if (width === undefined) return { ...none, span: wholeTable, wide: wholeTable };
  const limit =
    asOf.kind === "newest" ? Number.POSITIVE_INFINITY : windowsEnd(asOf.ms, width, asOf.kind === "now");
  const newest = newestBucket(store.parts.values(), limit);
  const trailing = model.windowEnd === "now" && asOf.kind !== "newest";
  const endMs = trailing ? limit : newest === undefined ? undefined : newest + width;
  if (endMs === undefined) return { ...none, span: undefined, wide: undefined };
  const delayMs = model.labels?.delay.ms ?? 0;
  const cuts = cutWindows(model.windows, endMs, delayMs);
  const span = hull(cuts.flatMap(({ data, labelled }) => [data, labelled]));
  const wide = span && hull([span, ...pastOf(model, cuts)]);
  return { cuts, newest, span, wide, settledBeforeMs: endMs - delayMs, knownAtMs };
}

/** True where there is an outcome to forecast. */
export function forecasts({ forecast, columns }: ModelConfig): boolean {
  const answers = columns.prediction !== undefined || columns.probabilities !== undefined;
  return forecast !== undefined && answers && columns.label !== undefined;
}

/** The past of the shortest window, so that a fresh start on existing files has one; longer windows use what is stored. */
function pastOf(model: ModelConfig, cuts: readonly WindowCut[]): Span[] {
  const [shortest] = cuts;
  if (shortest === undefined || !forecasts(model)) return [];
  const { startMs, endMs } = shortest.labelled;
  return spansBefore(startMs, endMs - startMs);
}
