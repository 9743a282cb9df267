import { mergeInTurns } from "./merge.ts";
import type { Profile, WindowProfiles } from "./profile.ts";
import { blockSpans, type Span, type WindowCut } from "./windows.ts";

/** statistics.md §4, "Blocks": seven spans show how much neighbouring rows have in common. */
const blockCount = 7;

export type MergedWindow = Pick<WindowProfiles, "label" | "data" | "labelled" | "blocks">;

/** The profiles that together are all the rows of a span. */
export type ProfilesOver = (span: Span) => Promise<readonly Profile[]>;

/** One window from the profiles of its buckets, of `width` ms; `empty` is one without rows. */
export async function mergeWindow(
  over: ProfilesOver,
  empty: Profile,
  { label, data, labelled }: WindowCut,
  width: number,
): Promise<MergedWindow> {
  const whole = await mergeInTurns([empty, ...(await over(data))]);
  const shifted = labelled.endMs !== data.endMs;
  const outcomes = shifted ? await mergeInTurns([empty, ...(await over(labelled))]) : whole;
  const blocks: Profile[] = [];
  // The spans are asked for outcomes alone.
  const without = (profile: Profile): Profile => ({ ...profile, columns: {}, outputs: {} });
  for (const span of outcomes.labels === 0 ? [] : blockSpans(labelled, width, blockCount))
    blocks.push(await mergeInTurns([empty, ...(await over(span))].map(without)));
  return { label, data: whole, labelled: outcomes, blocks };
}
