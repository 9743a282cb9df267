import type { ColumnFacts, TableFacts } from "./facts.ts";
import type { Said } from "./guess.ts";
import { named } from "./names.ts";

/** The column that tells rows apart. */
export function guessId({ columns, rows }: TableFacts): Said<string> | undefined {
  const called = columns.filter(
    ({ name, kind }) => named("id", name) && (kind === "number" || kind === "text"),
  );
  const alone = called.find(({ present, distinct }) => present === rows && distinct === rows && rows > 1);
  if (alone !== undefined)
    return { value: alone.name, sure: "sure", why: `named so, and all ${rows} values differ` };
  return undefined;
}

/** Seconds since 1970 of times between 2000 and 2100. */
const plausible = (column: ColumnFacts) =>
  column.whole === true &&
  (column.least ?? 0) >= 946_684_800 &&
  (column.greatest ?? Infinity) < 4_102_444_800;

/** The column of event time. */
export function guessTime({ columns, rows }: TableFacts): Said<string> | undefined {
  const times = columns.filter(({ kind, name }) => kind === "time" && !named("labelTime", name));
  const [first] = [...times.filter(({ name }) => named("time", name)), ...times];
  if (first !== undefined) {
    const others = times.filter((time) => time !== first).map(({ name }) => name);
    const lacking =
      first.present < rows ? `; ${rows - first.present} rows have none and are in no window` : "";
    if (others.length === 0)
      return { value: first.name, sure: "sure", why: `the only column of times${lacking}` };
    const sure = named("time", first.name) ? "likely" : "guess";
    return { value: first.name, sure, why: `a time; others: ${others.join(", ")}${lacking}` };
  }
  const seconds = columns.find((column) => named("time", column.name) && plausible(column));
  return (
    seconds && {
      value: seconds.name,
      sure: "likely",
      why: "named so, and its numbers are seconds since 1970",
    }
  );
}

/** The column that tells versions of the model apart. */
export function guessVersion({ columns }: TableFacts): Said<string> | undefined {
  const found = columns.find(
    ({ name, kind, distinct }) =>
      named("version", name) && kind !== "time" && distinct >= 1 && distinct <= 20,
  );
  if (found === undefined) return undefined;
  const many = found.distinct === 1 ? "1 version" : `${found.distinct} versions`;
  return { value: found.name, sure: "likely", why: `named so; ${many}, each measured on its own` };
}
