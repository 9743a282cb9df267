import { show } from "./fields.ts";

/** Something wrong between keys of a model that are each right. */
export interface CrossFault {
  readonly keys: readonly (string | number)[];
  readonly message: string;
}

/** Each entry that an earlier one of a list has the name of. */
export function* repeated(
  list: readonly string[],
  names: readonly string[] = [],
  what = "each column",
): Iterable<CrossFault> {
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) < index)
      yield { keys: [...list, index], message: `${show(name)} is listed twice; expected ${what} once` };
  }
}
