import * as z from "zod";
import type { Duration } from "./config.ts";
import { durationExamples, parseDuration } from "./duration.ts";
import { nearest } from "./nearest.ts";

/** What a reader says instead of a value. */
export class Refusal {
  readonly message: string;
  constructor(message: string) {
    this.message = message;
  }
}

type Reader<T> = (value: unknown) => T | Refusal;

/** A schema from a function that gives the value or refuses it; `expected` is told when there is none. */
export function field<T>(expected: string, read: Reader<T>) {
  return z.unknown().transform((value, context): T => {
    const result = value === undefined ? new Refusal(`missing; expected ${expected}`) : read(value);
    if (!(result instanceof Refusal)) return result;
    context.issues.push({ code: "custom", message: result.message, input: value });
    return z.NEVER;
  });
}

/** A value as it is shown in a message. */
export function show(value: unknown): string {
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object" && value !== null) return "a map";
  return value === null || value === undefined ? "nothing" : JSON.stringify(value);
}

/** Says that a value is not what it should be. */
export const refuse = (value: unknown, noun: string, expected: string) =>
  new Refusal(`${show(value)} is not ${noun}; expected ${expected}`);

/** Says that a known name cannot be used yet. */
const notAvailable = (what: string, allowed: string) =>
  `${what} is not available in this release; expected ${allowed}`;

const listed = (names: readonly string[]) =>
  names.length === 1 ? `${names[0]}` : `one of ${names.join(", ")}`;

/** Numbers that came from a variable or stand in quotes are still text here. */
export function toNumber(value: unknown): number | undefined {
  if (typeof value === "number" && Number.isFinite(value)) return value;
  const numeric = typeof value === "string" && /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(value);
  return numeric ? Number(value) : undefined;
}

/** Text that is not empty (or may be, where `empty` is set). */
export const text = (expected = "text", { empty = false } = {}) =>
  field<string>(expected, (value) => {
    if (typeof value === "string") return value !== "" || empty ? value : refuse(value, "a name", expected);
    const hint =
      typeof value === "number" || typeof value === "boolean"
        ? `${expected} (in quotes, if this is one)`
        : expected;
    return refuse(value, "text", hint);
  });

/** Text, also where it is written as a number or a switch: a class is named as the data name it. */
export const scalarText = (expected: string) =>
  field<string>(expected, (value) => {
    if (typeof value === "string") return value;
    if (typeof value === "boolean") return String(value);
    if (typeof value !== "number") return refuse(value, "text", expected);
    return Number.isInteger(value) && !Number.isSafeInteger(value)
      ? new Refusal(`a number of so many digits is not read exactly; expected it in quotes`)
      : String(value);
  });

/** Text that a test accepts or gives a message about. */
export const checkedText = (expected: string, fault: (value: string) => string | undefined) =>
  field<string>(expected, (value) => {
    if (typeof value !== "string") return refuse(value, "text", expected);
    const message = fault(value);
    return message === undefined ? value : new Refusal(message);
  });

/** true or false. */
export const flag = () =>
  field<boolean>("true or false", (value) => {
    if (value === true || value === "true") return true;
    return value === false || value === "false" ? false : refuse(value, "a switch", "true or false");
  });

/** A whole number, at least so much. */
export const count = (least: number) => {
  const expected = `a whole number, at least ${least}`;
  return field<number>(expected, (value) => {
    const number = toNumber(value);
    return number !== undefined && Number.isSafeInteger(number) && number >= least
      ? number
      : refuse(value, "a count", expected);
  });
};

/** Any number. */
export const number = () =>
  field<number>("a number", (value) => toNumber(value) ?? refuse(value, "a number", "a number"));

/** Reads a share: a number from 0 to 1, or a percentage. */
export function toRatio(value: unknown): number | undefined {
  const percentage = typeof value === "string" ? /^(.+?)\s*%$/.exec(value)?.[1] : undefined;
  const number = toNumber(percentage ?? value);
  if (number === undefined) return undefined;
  const ratio = percentage === undefined ? number : number / 100;
  return ratio >= 0 && ratio <= 1 ? ratio : undefined;
}

/** What a share may look like, for messages. */
export const ratioForm = "a number from 0 to 1, or a percentage such as 5%";

/** A share. */
export const ratio = () =>
  field<number>(ratioForm, (value) => toRatio(value) ?? refuse(value, "a share", ratioForm));

/** A share, or `none`. */
export const ratioOrNone = () => {
  const expected = `${ratioForm}, or none`;
  return field<number | "none">(expected, (value) =>
    value === "none" ? value : (toRatio(value) ?? refuse(value, "a share", expected)),
  );
};

/** A duration; zero only where that means something. */
export const duration = ({ zero = false } = {}) => {
  const expected = `a duration ${durationExamples}`;
  return field<Duration>(expected, (value) => {
    const read = typeof value === "string" ? parseDuration(value) : undefined;
    return read !== undefined && (zero || read.ms > 0)
      ? read
      : refuse(value, read === undefined ? "a duration" : "long enough", expected);
  });
};

/** A duration, or `none`. */
export const durationOrNone = () => {
  const expected = `a duration ${durationExamples}, or none`;
  return field<Duration | "none">(expected, (value) => {
    if (value === "none") return value;
    const read = typeof value === "string" ? parseDuration(value) : undefined;
    return read !== undefined && read.ms > 0 ? read : refuse(value, "a duration", expected);
  });
};

/** So many names are still read at a glance. */
const fewNames = 12;

/**
 * One of some names; names of later releases are told from unknown ones. Where there are many, `form` says in a few words what they are.
 */
export function choice<const T extends string>(
  what: string,
  names: readonly T[],
  { later = [], form }: { readonly later?: readonly string[]; readonly form?: string } = {},
) {
  const allowed = form ?? listed(names);
  return field<T>(allowed, (value) => {
    if (names.includes(value as T)) return value as T;
    if (later.includes(String(value))) return new Refusal(notAvailable(`${what} ${show(value)}`, allowed));
    const meant = names.length > fewNames ? nearest(String(value), names) : undefined;
    return new Refusal(
      `unknown ${what} ${show(value)}; ${meant === undefined ? `expected ${allowed}` : `did you mean ${meant}?`}`,
    );
  });
}

type RawIssue = Parameters<typeof z.core.util.issue>[0] & object;

/** One schema or another, as the value looks; its faults are told as if it stood alone. */
export function either<A extends z.ZodType, B extends z.ZodType>(
  first: A,
  second: B,
  isFirst: (value: unknown) => boolean,
) {
  return z.unknown().transform((value, context): z.output<A> | z.output<B> => {
    const result = (isFirst(value) ? first : second).safeParse(value);
    if (result.success) return result.data as z.output<A> | z.output<B>;
    for (const issue of result.error.issues) context.issues.push({ ...issue, input: value } as RawIssue);
    return z.NEVER;
  });
}

/** What a schema takes, or `none`. */
export const orNone = <S extends z.ZodType>(schema: S) =>
  either(z.literal("none"), schema, (value) => value === "none");

/** A map that has this key, whatever else it holds. */
export const holds = (key: string) => (value: unknown) =>
  typeof value === "object" && value !== null && Object.hasOwn(value, key);

/** A map that has these keys and no others; keys of later releases are told from unknown ones. */
export function map<S extends z.ZodRawShape>(shape: S, later: readonly string[] = []) {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) =>
      issue.code === "unrecognized_keys"
        ? // One line a key, in the order of the issue's keys: load.ts gives each its own place.
          (issue.keys as string[]).map((key) => unknownKey(key, names, later)).join("\n")
        : mapMissing(issue.input, names),
  });
}

function mapMissing(value: unknown, names: readonly string[]): string {
  const keys = names.length > 6 ? `keys such as ${names.slice(0, 6).join(", ")}` : names.join(", ");
  return value === undefined
    ? `missing; expected a map with ${keys}`
    : `${show(value)} is not a map; expected one with ${keys}`;
}

/** Says that a key is not known, and which was probably meant, or which there are. */
function unknownKey(key: string, names: readonly string[], later: readonly string[]): string {
  if (later.includes(key)) return `${key} is not available in this release; leave it out`;
  const meant = nearest(key, names);
  return `unknown key ${show(key)}; ${meant === undefined ? `expected one of ${names.join(", ")}` : `did you mean ${meant}?`}`;
}

/** A map with keys of the user's own. */
export const record = <T extends z.ZodType>(entry: T, expected: string) =>
  z.record(z.string(), entry, {
    error: (issue) => `${show(issue.input)} is not a map; expected ${expected}`,
  });

/** A moment: a date, or a date and a time, in UTC unless it says otherwise; in milliseconds since 1970. */
export const moment = () => {
  const expected = "a date such as 2026-01-31 or a time such as 2026-01-31T12:00:00Z";
  return field<number>(expected, (value) => toMoment(value) ?? refuse(value, "a moment", expected));
};

/** Reads a moment; undefined when the text is none. */
export function toMoment(value: unknown): number | undefined {
  const form = /^(\d{4}-\d{2}-\d{2})(?:[Tt ](\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?)(Z|[-+]\d{2}:\d{2})?)?$/;
  const parts = typeof value === "string" ? form.exec(value) : null;
  if (parts === null) return undefined;
  const [, date = "", time = "00:00", zone = "Z"] = parts;
  const ms = Date.parse(`${date}T${time}${zone}`);
  // Date.parse takes 31 April for 1 May.
  const exists = !Number.isNaN(ms) && new Date(`${date}T00:00:00Z`).toISOString().startsWith(date);
  return exists ? ms : undefined;
}

/** A list of entries. */
export const list = <T extends z.ZodType>(entry: T, expected: string) =>
  z.array(entry, {
    error: (issue) =>
      issue.input === undefined
        ? `missing; expected ${expected}`
        : `${show(issue.input)} is not a list; expected ${expected}`,
  });
