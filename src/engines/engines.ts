import { openDuckdb, openDuckdbInThread } from "./duckdb.ts";
import type { Engine, EngineOptions, ThreadEngine } from "./engine.ts";

/** Every engine there is: name → how it is opened. */
export const engines = {
  duckdb: openDuckdb,
} satisfies Record<string, (options: EngineOptions) => Promise<Engine>>;

/** Those that can work in a thread: name → how they are opened there. */
export const threadEngines = {
  duckdb: openDuckdbInThread,
} satisfies Record<string, (options: EngineOptions) => Promise<ThreadEngine>>;
