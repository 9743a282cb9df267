import type { Config, ModelConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { engines } from "../engines/engines.ts";
import type { Sources } from "../monitor/model-rows.ts";
import { createMonitor, type Monitor } from "../monitor/monitor.ts";
import type { Store } from "../profiles/store.ts";
import { sources } from "../sources/sources.ts";

export interface OpenMonitors {
  readonly all: readonly {
    readonly model: ModelConfig;
    readonly monitor: Monitor;
    readonly sources: Sources;
  }[];
  readonly engine: Engine;
  /** Aborted when running evaluations shall break off. */
  readonly signal: AbortSignal;
  abort(): void;
  close(): Promise<void>;
}

/** A monitor for every enabled model of the configuration (or for those named), over one engine. */
export async function openMonitors(
  config: Config,
  store: Store,
  only: readonly string[] = [],
): Promise<OpenMonitors> {
  const engine = await engines.duckdb(config.engine);
  const controller = new AbortController();
  const chosen = config.models.filter(
    ({ enabled, name }) => enabled && (only.length === 0 || only.includes(name)),
  );
  const all = chosen.map((model) => {
    const found = openSources(model, engine);
    return { model, sources: found, monitor: createMonitor(model, engine, store, found) };
  });
  return {
    all,
    engine,
    signal: controller.signal,
    abort: () => controller.abort(),
    close: () => engine.close(),
  };
}

function openSources(model: ModelConfig, engine: Engine): Sources {
  const { predictions, reference, labels } = model;
  const label = (key: string) => `models.${model.name}.${key}`;
  return {
    predictions: sources[predictions.type](predictions, engine, label("predictions")),
    // A span of the live rows has no source of its own.
    ...(reference?.type === "files" && {
      reference: sources[reference.type](reference, engine, label("reference")),
    }),
    ...(labels && { labels: sources[labels.type](labels, engine, label("labels")) }),
  };
}
