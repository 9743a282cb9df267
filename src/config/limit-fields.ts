import type { Limit, Target } from "./config.ts";
import { field, Refusal, ratioForm, refuse, show, toNumber, toRatio } from "./fields.ts";

/** What is measured and never alerts is `none`. */
export type WrittenLimit = Limit | "none";

const never = "or none (measured, never alerts)";

function limitField(form: string, read: (value: unknown) => number | undefined) {
  const expected = `${form}, learned, ${never}`;
  return field<WrittenLimit>(expected, (value) =>
    value === "none" || value === "learned" ? value : (read(value) ?? refuse(value, "a limit", expected)),
  );
}

function notNegative(value: unknown): number | undefined {
  const number = toNumber(value);
  return number !== undefined && number >= 0 ? number : undefined;
}

/** A limit of a share. */
export const ratioLimit = () => limitField(ratioForm.replace(", or", ","), toRatio);

/** A limit of a gap between groups: nothing of it is learned. */
export const gapLimit = () => {
  const expected = `a number, at least 0, ${never}`;
  return field<number | "none">(expected, (value) =>
    value === "none" ? value : (notNegative(value) ?? refuse(value, "a limit", expected)),
  );
};

/** The limit of a drift method, as written. */
export interface WrittenDriftLimit {
  readonly limit: WrittenLimit;
  readonly direction?: "up" | "down";
}

/** A limit of a drift method; of a signed one also `{ limit, direction }`. */
export const driftLimit = () => {
  const expected = `a number, at least 0, learned, ${never}`;
  const read = (value: unknown) =>
    value === "none" || value === "learned"
      ? value
      : (notNegative(value) ?? refuse(value, "a limit", expected));
  return field<WrittenDriftLimit>(expected, (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) {
      const limit = read(value);
      return limit instanceof Refusal ? limit : { limit };
    }
    const { limit: written, direction, ...others } = value as Record<string, unknown>;
    const [other] = Object.keys(others);
    if (other !== undefined) return new Refusal(`unknown key ${show(other)}; expected limit, direction`);
    if (written === undefined) return new Refusal(`no limit; expected { limit, direction }`);
    const limit = read(written);
    if (limit instanceof Refusal) return limit;
    if (direction === undefined) return { limit };
    return direction === "up" || direction === "down"
      ? { limit, direction }
      : new Refusal(`unknown direction ${show(direction)}; expected one of up, down`);
  });
};

/** A number, `learned`, `none`, or bounds: what a target may be. */
export const target = () => {
  const expected = `a number, { lower, upper }, learned, ${never}`;
  return field<WrittenLimit | { lower?: number; upper?: number }>(expected, (value) => {
    if (value === "none" || value === "learned") return value;
    const single = toNumber(value);
    if (single !== undefined) return single;
    if (typeof value !== "object" || value === null || Array.isArray(value))
      return refuse(value, "a target", expected);
    const bounds: { lower?: number; upper?: number } = {};
    for (const [side, bound] of Object.entries(value)) {
      if (side !== "lower" && side !== "upper")
        return new Refusal(`unknown key ${show(side)}; expected lower, upper`);
      const number = toNumber(bound);
      if (number === undefined)
        return new Refusal(`${show(bound)} is not a bound; expected a number as ${side}`);
      bounds[side] = number;
    }
    if (bounds.lower === undefined && bounds.upper === undefined) return refuse(value, "a target", expected);
    const crossed = bounds.lower !== undefined && bounds.upper !== undefined && bounds.lower >= bounds.upper;
    return crossed
      ? new Refusal(`lower ${bounds.lower} is not below upper ${bounds.upper}; expected lower < upper`)
      : bounds;
  });
};

/** How much worse than on the reference is acceptable: a percentage of the baseline, or a margin in the metric's units. */
export const tolerance = () => {
  const expected = "a percentage of the baseline such as 20%, or a number in the metric's units";
  return field<Extract<Target, { kind: "relative" | "margin" }>>(expected, (value) => {
    const percentage = typeof value === "string" ? toNumber(/^(.+?)\s*%$/.exec(value)?.[1]) : undefined;
    if (percentage !== undefined && percentage >= 0) return { kind: "relative", share: percentage / 100 };
    const amount = notNegative(value);
    return amount === undefined ? refuse(value, "a tolerance", expected) : { kind: "margin", amount };
  });
};
