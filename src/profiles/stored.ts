import type { Profile } from "./profile.ts";
import { extreme } from "./summary.ts";

/** Version → what the bucket holds of it; "" (or the configured one) where rows name none. */
export type VersionProfiles = Readonly<Record<string, Profile>>;

/** A bucket's profiles, and the parts (name → identity) they were read from. */
export interface StoredBucket {
  readonly bucket: number;
  readonly parts: Readonly<Record<string, string>>;
  readonly profiles: VersionProfiles;
  /** True when its rows without label were given the label `otherwise`. */
  readonly settled: boolean;
  /** When (epoch ms) the next of its labels becomes known, of those that were hidden; null: none was. */
  readonly nextLabelMs: number | null;
  /** Hash of its labels ("" without any); null: it was not asked for. */
  readonly labelHash: string | null;
}

/** What is known of a stored bucket without reading its profiles. */
export interface BucketFacts extends Omit<StoredBucket, "bucket" | "profiles"> {
  /** Version → rows. */
  readonly rows: Readonly<Record<string, number>>;
  /** Version → rows with a label. */
  readonly labels: Readonly<Record<string, number>>;
  /** Greatest `label_time` in it, epoch ms. */
  readonly labelTimeMs: number | null;
}

/** What a part (file) held when it had this identity: bucket → rows. */
export interface StoredPart {
  readonly part: string;
  readonly identity: string;
  readonly rows: Readonly<Record<string, number>>;
  /** Version → bucket → rows, where rows name their version. */
  readonly versions?: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Rows whose time cannot be read. */
  readonly untimed: number;
}

/** Its facts. */
export function factsOf({ parts, profiles, settled, nextLabelMs, labelHash }: StoredBucket): BucketFacts {
  const each = Object.entries(profiles);
  const times = each.map(([, { labelTimeMs }]) => labelTimeMs);
  return {
    parts,
    settled,
    nextLabelMs,
    labelHash,
    rows: Object.fromEntries(each.map(([version, { rows }]) => [version, rows])),
    labels: Object.fromEntries(each.map(([version, { labels }]) => [version, labels])),
    labelTimeMs: times.reduce((left, right) => extreme(Math.max, left, right), null),
  };
}
