/** What a look at a table tells of one column. */
export interface ColumnFacts {
  readonly name: string;
  /** The engine's name of its type, for comments. */
  readonly type: string;
  readonly kind: "number" | "text" | "time" | "list" | "other";
  /** Rows with a value. */
  readonly present: number;
  readonly distinct: number;
  /** Of numbers, and of times in epoch ms. */
  readonly least?: number;
  readonly greatest?: number;
  readonly mean?: number;
  readonly deviation?: number;
  /** True where every number is whole. */
  readonly whole?: boolean;
  /** Every value, the commonest first, where there are few. */
  readonly values?: readonly { readonly text: string; readonly count: number }[];
  /** Of a list column: how many entries, where every row has as many. */
  readonly length?: number;
}

/** Two columns beside each other, over the rows in which both have a value. */
export interface PairFacts {
  readonly one: string;
  readonly other: string;
  /** Share of rows in which both are the same text. */
  readonly equal: number;
  /** Of two columns of numbers: Pearson's correlation and the mean absolute difference. */
  readonly correlation?: number;
  readonly difference?: number;
}

/** Mean of a column of numbers for each value of another column. */
export interface MeanFacts {
  readonly column: string;
  readonly by: string;
  readonly means: Readonly<Record<string, number>>;
}

/** What was found in a table. */
export interface TableFacts {
  /** Rows looked at. */
  readonly rows: number;
  readonly columns: readonly ColumnFacts[];
  readonly pairs: readonly PairFacts[];
  readonly means: readonly MeanFacts[];
}

/** So many values are few: a class, a group. */
export const fewValues = 50;
