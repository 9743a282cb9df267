import { field, refuse, toNumber, toRatio } from "./fields.ts";

const unitBytes: Readonly<Record<string, number>> = {
  B: 1,
  KB: 1e3,
  MB: 1e6,
  GB: 1e9,
  TB: 1e12,
  KiB: 2 ** 10,
  MiB: 2 ** 20,
  GiB: 2 ** 30,
  TiB: 2 ** 40,
};

/** Reads an amount of memory with its unit as bytes. */
function toBytes(value: unknown): number | undefined {
  const parts = typeof value === "string" ? /^(\d+(?:\.\d+)?) ?([KMGT]i?B|B)$/.exec(value) : null;
  if (parts === null) return undefined;
  return Number(parts[1]) * (unitBytes[parts[2] ?? ""] ?? Number.NaN);
}

/** An amount of memory, more than none. */
export const bytes = () => {
  const expected = "one with its unit, such as 500MB or 32GiB";
  return field<number>(`an amount of memory, ${expected}`, (value) => {
    const read = toBytes(value);
    return read !== undefined && read > 0 ? read : refuse(value, "an amount of memory", expected);
  });
};

/** A number over zero, parts of one allowed. */
export const positive = () => {
  const expected = "a number over 0";
  return field<number>(expected, (value) => {
    const number = toNumber(value);
    return number !== undefined && number > 0 ? number : refuse(value, "an amount", expected);
  });
};

/** The price of an hour; what comes for nothing costs 0. */
export const price = () => {
  const expected = "a number, at least 0";
  return field<number>(expected, (value) => {
    const number = toNumber(value);
    return number !== undefined && number >= 0 ? number : refuse(value, "a price", expected);
  });
};

const shareForm = "a number over 0 up to 1, or a percentage such as 70%";

function toTarget(value: unknown): number | undefined {
  const ratio = toRatio(value);
  return ratio !== undefined && ratio > 0 ? ratio : undefined;
}

/** A share over zero: something is divided by it. */
export const target = () =>
  field<number>(shareForm, (value) => toTarget(value) ?? refuse(value, "a target", shareForm));

/** The same, or `none`. */
export const targetOrNone = () => {
  const expected = `${shareForm.replace(", or", ",")}, or none (measured, no reason to scale)`;
  return field<number | "none">(expected, (value) =>
    value === "none" ? value : (toTarget(value) ?? refuse(value, "a target", expected)),
  );
};
