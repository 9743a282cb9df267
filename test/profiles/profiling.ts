import type { ModelConfig } from "../../src/config/config.ts";
import type { Engine } from "../../src/engines/engine.ts";
import { type ProfileInput, profileBuckets } from "../../src/profiles/collect.ts";
import type { ClassOutcome, Profile } from "../../src/profiles/profile.ts";
import { schemaOf } from "./tables.ts";

/** A model with no more columns than it names. */
export type Model = Omit<Partial<ModelConfig>, "columns"> & {
  readonly columns: Partial<ModelConfig["columns"]>;
};

/** Profiles of the rows, without features. */
export async function profilesOf(
  engine: Engine,
  model: Model,
  relation: string,
  options: Partial<ProfileInput> = {},
): Promise<Map<number, Profile>> {
  const given = { features: [], ...model, columns: { id: [], ...model.columns } };
  const schema = await schemaOf(engine, given, relation);
  return profileBuckets(engine, { relation, schema, reference: undefined, bucketMs: undefined, ...options });
}

/** Of all rows as one bucket. */
export async function profileOf(...given: Parameters<typeof profilesOf>): Promise<Profile> {
  const [profile] = (await profilesOf(...given)).values();
  if (profile === undefined) throw new Error("no rows");
  return profile;
}

/** actual → predicted → rows. */
export const confusionOf = (profile: Profile) => (profile.outcome as ClassOutcome).confusion;

/** Labels of a source of their own. */
export const joined = (given: Partial<ModelConfig["labels"]> = {}) =>
  ({ labels: { type: "files", path: "", columns: {}, delay: { text: "0s", ms: 0 }, ...given } }) as const;
