/** Plain JSON, mergeable. Shapes of the summaries live here; each summary's SQL, decoding and merging in its own file. */

/** A numeric column (statistics.md §2). Sums are over finite values only. */
export interface NumericSummary {
  readonly kind: "numeric";
  /** Rows = missing + notFinite + wrongType + n. */
  readonly rows: number;
  readonly missing: number;
  readonly notFinite: number;
  /** Values that cannot be read as a number. */
  readonly wrongType: number;
  readonly n: number;
  readonly mean: number;
  /** Σ (x − mean)². */
  readonly m2: number;
  /** null where n = 0. */
  readonly min: number | null;
  readonly max: number | null;
  /** Counts per fine bin, `NumericBins.edges.length + 1` of them. */
  readonly counts: readonly number[];
}

export interface CategoricalSummary {
  readonly kind: "categorical";
  /** Rows = missing + Σ counts + unseen. */
  readonly rows: number;
  readonly missing: number;
  /** Per reference category, in the order of `CategoricalBins.categories`; when `other` is true, one more entry at the end for the rarer reference categories. */
  readonly counts: readonly number[];
  /** Rows with a category that the reference does not have. */
  readonly unseen: number;
}

export type ColumnSummary = NumericSummary | CategoricalSummary;

/** e = prediction − label; y = label − `centre` (the mean label of the reference, 0 without). */
export interface RegressionOutcome {
  readonly n: number;
  readonly e: number;
  readonly e2: number;
  readonly e3: number;
  readonly e4: number;
  readonly absE: number;
  readonly absE3: number;
  readonly y: number;
  readonly y2: number;
  readonly y3: number;
  readonly y4: number;
  readonly e2y: number;
  readonly e2y2: number;
  readonly maxAbsE: number;
}

export interface GroupSummary {
  readonly rows: number;
  readonly outcome: RegressionOutcome;
}

/** One time bucket of one model version, or several merged. */
export interface Profile {
  readonly rows: number;
  /** Rows with a prediction and a label. */
  readonly labels: number;
  /** Per feature. */
  readonly columns: Readonly<Record<string, ColumnSummary>>;
  readonly outcome: RegressionOutcome;
  /** attribute → group → summary. A missing attribute is the group `(missing)`. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, GroupSummary>>>>;
  /** Newest event time and newest labelled event time in it, epoch ms; null without. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
}

/** How a numeric column is binned: fixed by the reference alone (statistics.md §2, "Fine bins"). */
export interface NumericBins {
  readonly kind: "numeric";
  /** Strictly ascending; interval i is (edges[i-1], edges[i]], ends open. */
  readonly edges: readonly number[];
  /** Indices into `edges` of the (up to nine) decile edges: ten bins for psi and its like. */
  readonly deciles: readonly number[];
  readonly min: number;
  readonly max: number;
  /** Mean of the reference: the shift of the sums. */
  readonly mean: number;
}

export interface CategoricalBins {
  readonly kind: "categorical";
  /** Commonest first, ties by text; at most `limits.categories`. */
  readonly categories: readonly string[];
  /** True where the reference has more categories than that: one more cell, `(other)`. */
  readonly other: boolean;
  /** All the reference's rarer categories, so that they are told from unseen ones. */
  readonly rare: readonly string[];
}

export type ColumnBins = NumericBins | CategoricalBins;

/** What normal is. */
export interface Reference {
  /** Of the parts' identities and of everything that shapes the profile. */
  readonly hash: string;
  readonly bins: Readonly<Record<string, ColumnBins>>;
  /** Mean label: the shift of y. */
  readonly centre: number;
  readonly profile: Profile;
}

/** One window of one model version, merged from its buckets; what a metric may know of the present. */
export interface WindowProfiles {
  /** The `window` label. */
  readonly label: string;
  /** Rows of [end − length, end): drift, quality, description. */
  readonly data: Profile;
  /** Rows of [end − delay − length, end − delay): performance, fairness. */
  readonly labelled: Profile;
  /** The labelled rows in seven equal spans of the window, in time order; empty spans have labels = 0. [] where there is no time. */
  readonly blocks: readonly Profile[];
}
