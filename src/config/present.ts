import type { Duration } from "./config.ts";
import { parseDuration } from "./duration.ts";

type Present<T> = { [K in keyof T]?: Exclude<T[K], undefined> } & {
  [K in keyof T as undefined extends T[K] ? never : K]: T[K];
};

/** The entries that are there: absent and undefined are two things in a resolved config. */
export function present<T extends object>(entries: T): Present<T> {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as Present<T>;
}

/** A default's duration. */
export function duration(text: string): Duration {
  const read = parseDuration(text);
  if (read === undefined) throw new Error(`default duration ${text} cannot be read`);
  return read;
}
