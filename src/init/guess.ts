import type { Task } from "../config/config.ts";
import type { ColumnFacts, TableFacts } from "./facts.ts";
import { chooseFeatures, chooseGroups, type Group, type LeftOut } from "./features.ts";
import { guessOutcome, type Outcome } from "./outcome.ts";
import { guessId, guessTime, guessVersion } from "./roles.ts";
import { chooseWindows, type Windows } from "./windows.ts";

/** How far a guess may be trusted. */
export type Sureness = "sure" | "likely" | "guess";

/** Something guessed, and why. */
export interface Said<T> {
  readonly value: T;
  readonly sure: Sureness;
  /** Ends the sentence "sure: …". */
  readonly why: string;
}

/** Where the probabilities are. */
export type Probabilities =
  | { readonly kind: "column"; readonly column: string }
  | { readonly kind: "columns"; readonly columns: Readonly<Record<string, string>> }
  | { readonly kind: "list"; readonly column: string };

/** Everything that is guessed of a table. */
export interface Guess {
  readonly task: Said<Task>;
  readonly id: Said<string> | undefined;
  readonly time: Said<string> | undefined;
  readonly version: Said<string> | undefined;
  readonly outcome: Outcome;
  readonly windows: Windows | undefined;
  readonly features: readonly string[];
  readonly leftOut: readonly LeftOut[];
  readonly groups: readonly Group[];
}

/** Guesses what a table is to a model; `nowMs` tells whether its rows are old. */
export function guess(facts: TableFacts, nowMs: number): Guess {
  const id = guessId(facts);
  const time = guessTime(facts);
  const version = guessVersion(facts);
  const taken = [id, time, version].flatMap((said) => said?.value ?? []);
  const { task, ...outcome } = guessOutcome(facts, taken);
  const outputs = columnsOf(outcome);
  const rest = facts.columns.filter(({ name }) => ![...taken, ...outputs].includes(name));
  const judged = outcome.label !== undefined && outcome.output;
  const groups = judged ? chooseGroups(rest) : [];
  return {
    task,
    id,
    time,
    version,
    outcome,
    windows: time && chooseWindows(columnNamed(facts, time.value), facts.rows, nowMs),
    ...chooseFeatures(rest, groups),
    groups,
  };
}

/** Columns that say what the model said or what was true. */
function columnsOf({ prediction, label, labelTime, probabilities }: Outcome): string[] {
  const listed = probabilities?.value;
  const named =
    listed === undefined ? [] : listed.kind === "columns" ? Object.values(listed.columns) : [listed.column];
  return [...named, ...[prediction, label, labelTime].flatMap((said) => said?.value ?? [])];
}

const columnNamed = ({ columns }: TableFacts, name: string): ColumnFacts | undefined =>
  columns.find((column) => column.name === name);
