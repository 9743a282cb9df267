import { openDuckdb } from "./duckdb.ts";
import type { Engine, EngineOptions } from "./engine.ts";

/** Every engine there is: name → how it is opened. */
export const engines = {
  duckdb: openDuckdb,
} satisfies Record<string, (options: EngineOptions) => Promise<Engine>>;
