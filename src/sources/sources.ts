import type { SourceConfig } from "../config/config.ts";
import type { Engine } from "../engines/engine.ts";
import { openFilesSource } from "./files.ts";
import type { Source } from "./source.ts";

/** Every kind of source there is: type → how it is opened. */
export const sources = {
  files: openFilesSource,
} satisfies Record<SourceConfig["type"], (config: SourceConfig, engine: Engine, label: string) => Source>;
