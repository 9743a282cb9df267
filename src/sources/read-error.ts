import { EngineError } from "../engines/engine.ts";
import { EvaluationError } from "../errors.ts";

/** Turns an engine's fault while reading a source into the user's line; other errors stay as they are. `label` is the source's config key. */
export function readError(error: unknown, label: string): unknown {
  return error instanceof EngineError ? new EvaluationError("source", `${label}: ${error.message}`) : error;
}
