import { allowed, type FalseAlarms, falseAlarms, levels } from "./false-alarms.ts";

const columns = ["uniform", "skewed", "tied", "zipf"] as const;
export const references = [120, 500, 5000, 50_000] as const;
export const windows = [30, 300, 3000, 30_000] as const;

/** Every kind of column, size of the reference and size of the window. */
export const allFalseAlarms = (draws: number): FalseAlarms[] =>
  columns.flatMap((column, kind) =>
    references.flatMap((m) => falseAlarms(column, m, windows, draws, 1000 * kind + m)),
  );

/** How often a p-value is at most α, over α. */
const ratios = ({ alarms, draws }: FalseAlarms): number[] =>
  alarms.map((count, index) => count / draws / (levels[index] ?? 1));

/** Worst ratio a test and kind of column, over all sizes. */
export function worst(found: readonly FalseAlarms[]): { test: string; column: string; ratios: number[] }[] {
  const kinds = [...new Set(found.map(({ test, column }) => JSON.stringify({ test, column })))];
  return kinds.map((text) => {
    const { test, column } = JSON.parse(text) as FalseAlarms;
    const own = found.filter((entry) => entry.test === test && entry.column === column).map(ratios);
    return { test, column, ratios: levels.map((_, at) => Math.max(...own.map((row) => row[at] ?? 0))) };
  });
}

const line = (cells: readonly (string | number)[]) => `| ${cells.join(" | ")} |`;
const header = (names: readonly string[]) => [line(names), line(names.map(() => "---"))];

/** The Markdown of docs/statistics.md: the worst of all sizes, then every size. */
export function driftTable(draws: number): {
  readonly found: readonly FalseAlarms[];
  readonly table: string;
} {
  const found = allFalseAlarms(draws);
  const atLevels = levels.map((level, at) => `P(p ≤ ${level}) / ${level}, at most ${allowed[at]}`);
  const rounded = (row: readonly number[]) => row.map((ratio) => ratio.toFixed(2));
  const lines = [
    ...header(["test", "column", ...atLevels]),
    ...worst(found).map(({ test, column, ratios }) => line([test, column, ...rounded(ratios)])),
    "",
    ...header(["test", "column", "reference", "window", ...atLevels]),
    ...found.map((entry) =>
      line([entry.test, entry.column, entry.reference, entry.window, ...rounded(ratios(entry))]),
    ),
    "",
  ];
  return { found, table: lines.join("\n") };
}
