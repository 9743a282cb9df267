import type { ModelConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";
import type { Part, Source } from "../sources/source.ts";

/** Where a model's rows lie. */
export interface Sources {
  readonly predictions: Source;
  readonly reference?: Source;
  readonly labels?: Source;
}

/** What the steps of an evaluation share, for as long as the model's configuration stands. */
export interface ModelRows {
  readonly model: ModelConfig;
  readonly engine: Engine;
  readonly sources: Sources;
  /** Of a bucket, ms; undefined without timestamps. */
  readonly width: number | undefined;
}

/** What is there now, without having opened it. */
export interface Parts {
  readonly predictions: readonly Part[];
  readonly reference: readonly Part[];
  readonly labels: readonly Part[];
}

export async function listParts({ predictions, reference, labels }: Sources): Promise<Parts> {
  return {
    predictions: await predictions.list(),
    reference: (await reference?.list()) ?? [],
    labels: await listLabels(labels),
  };
}

/** Labels may come later than the first evaluation: a source without a file has none yet. */
async function listLabels(source: Source | undefined): Promise<Part[]> {
  if (!source) return [];
  return source.list().catch((error: unknown) => {
    if (error instanceof EvaluationError && error.reason === "source") return [];
    throw error;
  });
}

/** The config key of a part of the model, for messages. */
export const keyOf = (model: ModelConfig, key: string) => `models.${model.name}.${key}`;

/** Bucket → the parts that hold its rows. */
export type Holders = ReadonlyMap<number, readonly string[]>;

/** FROM item over the parts that hold any of these buckets. */
export async function relationOver({ sources }: ModelRows, parts: Parts, holders: Holders): Promise<string> {
  const names = new Set([...holders.values()].flat());
  return (await sources.predictions.relation(parts.predictions.filter(({ name }) => names.has(name)))).sql;
}
