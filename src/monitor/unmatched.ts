import { unmatchedLabels } from "../profiles/labels.ts";
import type { State } from "../profiles/state.ts";
import type { ModelRows, Parts } from "./model-rows.ts";
import { hash, type Prepared } from "./prepare.ts";

/** Label parts that are kept track of, the newest by name: those of long ago will not find their predictions any more. */
const newestParts = 20;

type Unmatched = State["unmatched"];

/**
 * Labels of the newest parts whose id no prediction has that is there. Counted again when labels have changed, and, while any waits, when
 * predictions have and a new bucket has begun: reading the ids of all predictions at every evaluation would cost more than it tells.
 */
export async function countUnmatched(
  { engine, sources }: ModelRows,
  { schema }: Prepared,
  parts: Parts,
  newest: number | undefined,
  before: Unmatched,
  signal?: AbortSignal,
): Promise<Unmatched> {
  const labels = parts.labels.slice(-newestParts);
  if (!sources.labels || !schema.joined) return null;
  if (labels.length === 0) return { of: 0, unmatched: 0, key: "" };
  const truth = hash(labels);
  const key = `${truth} ${newest ?? hash(parts.predictions)}`;
  if (before?.key === key || (before?.key.startsWith(`${truth} `) && before.unmatched === 0)) return before;
  const relation = await sources.predictions.relation(parts.predictions);
  const source = await sources.labels.relation(labels);
  const counted = await unmatchedLabels(engine, {
    relation: relation.sql,
    labels: source.sql,
    schema,
    signal,
  });
  return { ...counted, key };
}
