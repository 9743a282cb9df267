import { mergeOutcome } from "../profiles/outcome.ts";
import { pacing } from "../profiles/pace.ts";
import type { Outcome, PastWindow } from "../profiles/profile.ts";
import type { ModelStore } from "../profiles/store.ts";
import { type Span, spansBefore, type WindowCut, within } from "../profiles/windows.ts";

/** Version → what its rows of a closed window gave. */
type Outcomes = ReadonlyMap<string, Outcome>;

/** Earlier windows, merged once: they change only when a bucket in them is profiled again. */
export interface Past {
  /** What was merged from these buckets no longer holds. */
  forget(buckets: Iterable<number>): void;
  /** Version → the windows before this one that are wholly stored and hold outcomes, oldest first. */
  before(store: ModelStore, cut: WindowCut): Promise<Map<string, PastWindow[]>>;
}

/** Profiles read at once: parsing them takes the event loop. */
const atOnce = 50;

export function createPast(): Past {
  let from: ModelStore | undefined;
  /** Length → end → outcomes. */
  const merged = new Map<number, Map<number, Outcomes>>();

  function closed(store: ModelStore, length: number): Map<number, Outcomes> {
    if (from !== store) merged.clear();
    from = store;
    const known = merged.get(length) ?? new Map<number, Outcomes>();
    merged.set(length, known);
    return known;
  }

  return {
    forget(buckets) {
      for (const bucket of buckets) {
        for (const [length, windows] of merged) windows.delete(Math.floor(bucket / length) * length + length);
      }
    },
    async before(store, { labelled }) {
      const length = labelled.endMs - labelled.startMs;
      const known = closed(store, length);
      const spans = spansBefore(labelled.startMs, length);
      const first = spans[0]?.startMs ?? labelled.startMs;
      for (const endMs of known.keys()) if (endMs <= first) known.delete(endMs);
      const unstored = notStored(store, { startMs: first, endMs: labelled.startMs });
      const found = new Map<string, PastWindow[]>();
      for (const span of spans) {
        if (unstored.some((bucket) => within(span, bucket))) continue;
        const outcomes = known.get(span.endMs) ?? (await outcomesOf(store, span));
        known.set(span.endMs, outcomes);
        for (const [version, outcome] of outcomes) {
          const windows = found.get(version) ?? [];
          windows.push({ endMs: span.endMs, outcome });
          found.set(version, windows);
        }
      }
      return found;
    },
  };
}

/** Buckets that have rows and no profile: a window with one of them is not whole. */
function notStored({ parts, buckets }: ModelStore, span: Span): number[] {
  const all = [...parts.values()].flatMap(({ rows }) => Object.keys(rows).map(Number));
  return all.filter((bucket) => within(span, bucket) && !buckets.has(bucket));
}

async function outcomesOf(store: ModelStore, span: Span): Promise<Outcomes> {
  const wanted = [...store.buckets.keys()].filter((bucket) => within(span, bucket)).sort((a, b) => a - b);
  const outcomes = new Map<string, Outcome>();
  const turn = pacing();
  for (let start = 0; start < wanted.length; start += atOnce) {
    for (const profiles of (await store.profiles(wanted.slice(start, start + atOnce))).values()) {
      for (const [version, { outcome, labels }] of Object.entries(profiles)) {
        if (labels === 0) continue;
        const before = outcomes.get(version);
        outcomes.set(version, before === undefined ? outcome : mergeOutcome(before, outcome));
        await turn();
      }
    }
  }
  return outcomes;
}
