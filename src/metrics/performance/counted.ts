import type { Task } from "../../config/config.ts";
import type { Reason } from "../family.ts";
import type { ClassMetric } from "./metric.ts";
import { type Tally, tally } from "./tally.ts";

interface Counted {
  readonly help: string;
  readonly tasks: readonly Task[];
  readonly range: readonly [number, number];
  readonly of: (tally: Tally) => number | Reason;
  /** Its denominators; the rows of each class that occurs, of a binary task of both, when not given. */
  readonly denominators?: (tally: Tally) => readonly number[];
}

/** A metric that is a function of the confusion counts and better when higher. */
export const counted = ({ help, tasks, range, of, denominators }: Counted): ClassMetric => ({
  help,
  outcome: "classes",
  tasks,
  better: "higher",
  range,
  estimate: (outcome) => of(tally(outcome)),
  samples: ({ n }) => n,
  denominators: (outcome) => (denominators ?? classesThatOccur)(tally(outcome)),
  interval: { kind: "bootstrap", of },
});

const classesThatOccur = ({ binary, actual }: Tally): readonly number[] =>
  binary ? actual : actual.filter((rows) => rows > 0);
