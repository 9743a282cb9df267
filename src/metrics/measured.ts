import type { FamilyName, Sample } from "../catalogue.ts";
import type { Measured, Reason } from "./family.ts";

/** A family of the catalogue that starts with the value's name: `_limit`, `_samples`, …; "" is the value itself. */
type Companion<Name extends FamilyName> =
  Extract<FamilyName, `${Name}${string}`> extends `${Name}${infer Rest}` ? Rest : never;

/** A number, or a finding (1 or 0), or why there is none; undefined: nobody asked for it. */
export type Outcome = number | boolean | Reason | undefined;

/** A value with its companions as samples. What is absent for a reason is counted under its family's name. */
export function series<Name extends FamilyName>(
  name: Name,
  labels: Sample["labels"],
  values: Readonly<Partial<Record<Companion<Name>, Outcome>>>,
): Measured {
  const samples: Sample[] = [];
  const unmeasured: { family: FamilyName; reason: Reason }[] = [];
  for (const [companion, value] of Object.entries<Outcome>(values)) {
    const family = `${name}${companion}` as FamilyName;
    if (value === undefined) continue;
    const finite = typeof value !== "number" || Number.isFinite(value);
    if (!finite) unmeasured.push({ family, reason: "not_finite" });
    else if (typeof value === "string") unmeasured.push({ family, reason: value });
    else samples.push({ name: family, labels, value: Number(value) });
  }
  return { samples, unmeasured };
}

/** All of several, in order. */
export const joined = (parts: readonly Measured[]): Measured => ({
  samples: parts.flatMap((part) => part.samples),
  unmeasured: parts.flatMap((part) => part.unmeasured),
});
