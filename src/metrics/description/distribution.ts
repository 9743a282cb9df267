import type { CategoricalBins, ColumnBins, ColumnSummary, NumericBins } from "../../profiles/profile.ts";
import { valuesOf } from "../columns.ts";
import type { Measured, MetricInput, Pieces } from "../family.ts";
import { series } from "../measured.ts";
import { describe, describedFeatures } from "./described.ts";

/** Categories with a bin of their own; the deciles make as many. */
const mostBins = 10;

/** ml_feature_distribution_ratio with its baseline, of the features that `describe` asks for. */
export function* distribution(input: MetricInput): Pieces {
  if (!input.model.describe.distribution || !input.window.alerting) return;
  for (const feature of describedFeatures(input)) yield* distributionOf(input, feature);
}

function distributionOf(input: MetricInput, feature: string): Measured[] {
  const described = describe(input, feature);
  // One absent value stands for all its bins: which they would be is not known.
  if (typeof described === "string")
    return [series("ml_feature_distribution_ratio", { feature }, { "": described })];
  const { current, before, bins } = described;
  const names = binNames(bins);
  const shares = sharesOf(current, bins);
  const usual = before && sharesOf(before, bins);
  return names.map((bin, index) =>
    series(
      "ml_feature_distribution_ratio",
      { feature, bin },
      { "": shares[index], _baseline: usual ? usual[index] : "no_reference" },
    ),
  );
}

/** Names that sort as the bins do: `03 (1.2, 3.4]`, `02 blue`, `11 (other)`. */
export function binNames(bins: ColumnBins): string[] {
  const names = bins.kind === "numeric" ? intervalNames(bins) : categoryNames(bins);
  return names.map((name, index) => `${String(index + 1).padStart(2, "0")} ${name}`);
}

function intervalNames({ edges, deciles }: NumericBins): string[] {
  // Six digits tell deciles apart well enough; the number in front tells them apart at all.
  const ends = deciles.map((index) => String(Number((edges[index] ?? 0).toPrecision(6))));
  return [...ends, "inf"].map(
    (end, index) => `(${ends[index - 1] ?? "-inf"}, ${end}${end === "inf" ? ")" : "]"}`,
  );
}

const categoryNames = ({ categories }: CategoricalBins): string[] => [
  ...categories.slice(0, mostBins),
  "(other)",
];

/** Over the values present; of bins as named. */
function sharesOf(summary: ColumnSummary, bins: ColumnBins): number[] {
  const total = valuesOf(summary);
  if (summary.kind === "numeric" && bins.kind === "numeric") {
    const merged = [...bins.deciles, bins.edges.length].map(() => 0);
    summary.counts.forEach((count, interval) => {
      const found = bins.deciles.findIndex((decile) => interval <= decile);
      const bin = found === -1 ? bins.deciles.length : found;
      merged[bin] = (merged[bin] ?? 0) + count;
    });
    return merged.map((count) => count / total);
  }
  if (summary.kind === "categorical" && bins.kind === "categorical") {
    const named = bins.categories.slice(0, mostBins).map((_, index) => summary.counts[index] ?? 0);
    const rest = total - named.reduce((sum, count) => sum + count, 0);
    return [...named, rest].map((count) => count / total);
  }
  return [];
}
