import type { NumericBins, NumericSummary } from "../../profiles/profile.ts";
import type { Measured, MetricInput, Pieces } from "../family.ts";
import { joined, series } from "../measured.ts";
import { describe, describedFeatures } from "./described.ts";

/** The label `q`, as summaries of Prometheus write it. */
const shares = { "0.05": 0.05, "0.25": 0.25, "0.5": 0.5, "0.75": 0.75, "0.95": 0.95 } as const;

/** ml_feature_quantile with its baseline, of the numeric features that `describe` asks for. */
export function* quantiles(input: MetricInput): Pieces {
  if (!input.model.describe.quantiles) return;
  for (const feature of describedFeatures(input, "numeric")) yield* quantilesOf(input, feature);
}

function quantilesOf(input: MetricInput, feature: string): Measured[] {
  const described = describe(input, feature);
  return Object.entries(shares).map(([q, share]) => {
    const labels = { feature, q };
    if (typeof described === "string") return series("ml_feature_quantile", labels, { "": described });
    const { current, before, bins } = described;
    if (current.kind !== "numeric" || bins.kind !== "numeric") return joined([]);
    return series("ml_feature_quantile", labels, {
      "": quantileOf(current, bins, share),
      _baseline: before?.kind === "numeric" ? quantileOf(before, bins, share) : "no_reference",
    });
  });
}

/**
 * The value that a share of the values does not exceed (numpy's `inverted_cdf`), linear inside a fine bin: so the exact one lies in the same
 * bin, and where every value has its own bin this is the exact one. At least one value.
 */
export function quantileOf(summary: NumericSummary, { edges }: NumericBins, share: number): number {
  const { n, min, max, counts } = summary;
  // A product just over a whole number is that number.
  const rank = share * n;
  const least = rank * (1 - 1e-12);
  let below = 0;
  for (const [interval, count] of counts.entries()) {
    if (below + count < least) {
      below += count;
      continue;
    }
    // The outermost values lie at the ends of their bins, and the open bins have no other ends.
    const left = Math.max(edges[interval - 1] ?? Number.NEGATIVE_INFINITY, min ?? Number.NEGATIVE_INFINITY);
    const right = Math.min(edges[interval] ?? Number.POSITIVE_INFINITY, max ?? Number.POSITIVE_INFINITY);
    return within(left, right, (rank - below) / count);
  }
  return max ?? Number.NaN;
}

/** A part of the way from an end that is not in the bin to one that is; where no double lies between them, the one that is. */
function within(left: number, right: number, part: number): number {
  const middle = left / 2 + right / 2;
  if (part >= 1 || middle <= left || middle >= right) return right;
  return left * (1 - part) + right * part;
}
