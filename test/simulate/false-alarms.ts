import { compare } from "../../src/metrics/drift/cells.ts";
import { chiSquaredPValue, kolmogorovPValue } from "../../src/metrics/drift/column.ts";
import { seededRandom } from "../../src/statistics/random.ts";
import { type ColumnKind, drawReference, drawWindow } from "./columns.ts";

export const levels = [0.05, 0.01, 0.001] as const;
/** P(p ≤ α) may be at most so many times α. */
export const allowed = [1.2, 1.3, 2.5] as const;

/** How often windows like the reference have a p-value of at most each level. */
export interface FalseAlarms {
  readonly column: ColumnKind;
  readonly test: "chi_squared" | "kolmogorov";
  readonly reference: number;
  readonly window: number;
  readonly draws: number;
  /** Windows with p at most each of the levels. */
  readonly alarms: readonly number[];
}

/** Windows of each size that a drawn reference is compared with: drawing one costs more than a window. */
const perReference = 4;

/** Windows of every size against references of m rows. */
export function falseAlarms(
  column: ColumnKind,
  m: number,
  windows: readonly number[],
  draws: number,
  seed: number,
): FalseAlarms[] {
  const random = seededRandom(seed);
  const tests = column === "zipf" ? (["chi_squared"] as const) : (["chi_squared", "kolmogorov"] as const);
  const found = windows.flatMap((window) =>
    tests.map((test) => ({ column, test, reference: m, window, draws, alarms: levels.map(() => 0) })),
  );
  let reference = drawReference(column, m, random);
  for (let draw = 0; draw < draws; draw += 1) {
    if (draw > 0 && draw % perReference === 0) reference = drawReference(column, m, random);
    windows.forEach((n, position) => {
      const compared = compare(reference.bins, reference.summary, drawWindow(reference, n, random));
      if (compared === undefined) throw new Error("a column of another kind");
      tests.forEach((test, index) => {
        const p = test === "kolmogorov" ? kolmogorovPValue(compared) : chiSquaredPValue(compared);
        const { alarms } = found[position * tests.length + index] ?? { alarms: [] };
        levels.forEach((level, at) => {
          if (typeof p === "number" && p <= level) alarms[at] = (alarms[at] ?? 0) + 1;
        });
      });
    });
  }
  return found;
}
