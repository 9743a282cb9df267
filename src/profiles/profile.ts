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
  /** Values below the reference's least and above its greatest: how many, and Σ of how far beyond (never negative). */
  readonly below: TailSums;
  readonly above: TailSums;
}

export interface TailSums {
  readonly n: number;
  readonly beyond: number;
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

/** e = prediction − label; y = label − `centre` (the mean label of the reference, 0 without); t = the label itself. */
export interface RegressionOutcome {
  readonly kind: "regression";
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
  /** Σ|t|, Σ|e·t| and Σ t²: the weighted percentage error and its standard error. */
  readonly absT: number;
  readonly absET: number;
  readonly t2: number;
  /** Rows with t ≠ 0, Σ|e/t| and Σ(e/t)² over them. */
  readonly relN: number;
  readonly relE: number;
  readonly relE2: number;
  /** |e| in logarithmic bins of 2 %, sparse: key k (an integer as text) counts 1.02^k ≤ |e| < 1.02^(k + 1); "zero" counts e = 0. */
  readonly absEBins: Readonly<Record<string, number>>;
}

/** Σ x and Σ x² of one loss per row. */
export interface LossSums {
  readonly sum: number;
  readonly squares: number;
}

/**
 * Rows per score, with and without the class, in three columns of one length. `exact`: at most 1,000 scores; `binned`: by code of the score
 * bin (statistics.md §2, "Score bins"). Exact merged with exact stays exact while it holds at most 1,000 scores, else it is binned; exact
 * with binned is binned.
 */
export interface ScoreCounts {
  readonly kind: "exact" | "binned";
  /** The scores, or the codes of their bins, ascending, each once. */
  readonly at: readonly number[];
  readonly positives: readonly number[];
  readonly negatives: readonly number[];
}

/** Scores of one class, one against the rest, over the labelled rows whose score is a finite number. */
export interface ScoreOutcome {
  readonly positives: number;
  readonly negatives: number;
  readonly scores: ScoreCounts;
}

/** Ten equal-width bins (a, b] of a probability (0 is in the first): rows, Σ probability, and how many came true. */
export interface CalibrationSums {
  readonly n: readonly number[];
  readonly predicted: readonly number[];
  readonly observed: readonly number[];
}

/** A classifier's answers beside the truth. Classes are named by their text; over `limits.classes` they are `(other)`. */
export interface ClassOutcome {
  readonly kind: "classes";
  /** The positive class of a binary task; null for several classes. */
  readonly positive: string | null;
  /** Rows with a predicted and an actual class. */
  readonly n: number;
  /** actual → predicted → rows. */
  readonly confusion: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Rows with an actual class and usable probabilities; 0 where the model gives none. */
  readonly scored: number;
  /** class → its scores: of a binary task the positive class alone. {} without probabilities. */
  readonly scores: Readonly<Record<string, ScoreOutcome>>;
  /** −ln p(actual), p clipped to [2⁻⁵², 1 − 2⁻⁵²] (as given: they are not scaled to sum 1). */
  readonly logLoss: LossSums;
  /** Binary: (p − y)². Several classes: Σ over the classes of (p − y)², as sklearn.metrics.brier_score_loss(scale_by_half=False). */
  readonly brier: LossSums;
  /** Binary: of the positive class's probability. Several classes: of the top label's. */
  readonly calibration: CalibrationSums;
}

export type Outcome = RegressionOutcome | ClassOutcome;

export interface GroupSummary {
  readonly rows: number;
  readonly outcome: Outcome;
}

/** The model's own columns: `prediction`, `label`, and a score per class, `score:CLASS` (binary: of the positive class alone). */
export type OutputName = "prediction" | "label" | `score:${string}`;

/** One time bucket of one model version, or several merged. */
export interface Profile {
  readonly rows: number;
  /** Rows with a label, whether or not they have a prediction: label coverage. */
  readonly labels: number;
  /** Rows whose id (all its columns together) an earlier row of the same bucket has. */
  readonly duplicates: number;
  /** Per feature. */
  readonly columns: Readonly<Record<string, ColumnSummary>>;
  /** What the model gave and what was true, as columns: drift of predictions, scores and labels. */
  readonly outputs: Readonly<Partial<Record<OutputName, ColumnSummary>>>;
  /** Rows with a prediction and a label. */
  readonly outcome: Outcome;
  /** attribute → group → summary. A missing attribute is the group `(missing)`. */
  readonly groups: Readonly<Record<string, Readonly<Record<string, GroupSummary>>>>;
  /** Newest event time and newest labelled event time in it, epoch ms; null without. */
  readonly lastMs: number | null;
  readonly lastLabelledMs: number | null;
  /** Greatest `label_time` of its labels, epoch ms; null where labels have no such time. */
  readonly labelTimeMs: number | null;
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

/** One of the reference's own windows, as long as the live one of that label. */
export interface ReferenceWindow {
  readonly endMs: number;
  readonly profile: Profile;
}

/** What normal is, for one model version. */
export interface Reference {
  /** Of the parts' identities and of everything that shapes the profile. */
  readonly hash: string;
  readonly bins: Readonly<Record<string, ColumnBins>>;
  /** Mean label: the shift of y. */
  readonly centre: number;
  readonly profile: Profile;
  /** Bins of the model's own columns. */
  readonly outputBins: Readonly<Partial<Record<OutputName, ColumnBins>>>;
  /**
   * Label of a live window → the reference cut into windows as long, oldest first, without empty ones; {} without timestamps. What is
   * learned is learned from at least ten of them.
   */
  readonly windows: Readonly<Record<string, readonly ReferenceWindow[]>>;
}

/** An earlier window of the same length, closed: the forecast's past. */
export interface PastWindow {
  readonly endMs: number;
  readonly outcome: Outcome;
}

/** One window of one model version, merged from its buckets; what a metric may know of the present. */
export interface WindowProfiles {
  /** The `window` label. */
  readonly label: string;
  /** The `version` label; "" where the model has none. */
  readonly version: string;
  /** 1 in ml_window_alerting: the alert window of the active version. */
  readonly alerting: boolean;
  /** Rows of [end − length, end): drift, quality, description. */
  readonly data: Profile;
  /** Rows of [end − delay − length, end − delay): performance, fairness. */
  readonly labelled: Profile;
  /** The labelled rows in seven equal spans of the window, in time order; empty spans have labels = 0. [] where there is no time. */
  readonly blocks: readonly Profile[];
  /** Non-overlapping windows of the same length before this one's labelled span, oldest first, at most 28; [] where nothing is kept of them. */
  readonly past: readonly PastWindow[];
  /** Labels whose id no prediction has, of all labels of the source that are kept track of; null without a source of labels. */
  readonly unmatchedLabels: { readonly unmatched: number; readonly of: number } | null;
}
