import type { Environment } from "../config/environment.ts";
import type { Log, LogFormat, LogLevel } from "../log.ts";

/** What a command may touch of the world around it. */
export interface Io {
  /** Writes to standard output, as given. */
  readonly print: (text: string) => void;
  /** Writes to standard error, as given. */
  readonly error: (text: string) => void;
  /** Whether a person sees standard output. */
  readonly terminal: boolean;
  /** Letters in a line of the terminal. */
  readonly columns: number;
  readonly environment: Environment;
  /** Aborted when the command is to end (SIGTERM, SIGINT). */
  readonly signal: AbortSignal;
  /** Calls the handler at each wish to reload the configuration (SIGHUP). */
  readonly onReload: (handler: () => void) => void;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly log: Log;
}

/** Options of every command. */
export interface LogFlags {
  readonly logLevel: LogLevel;
  readonly logFormat: LogFormat;
}

/** Options of `serve`. */
export interface ServeOptions extends LogFlags {
  readonly configFile: string;
  /** `host:port` or `:port`. */
  readonly listen: string;
  readonly externalUrl?: string;
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly lifecycle: boolean;
  readonly dataDir: string;
}

/** Options of `check`. */
export interface CheckOptions extends LogFlags {
  readonly configFile: string;
}

/** Options of `evaluate`. */
export interface EvaluateOptions extends LogFlags {
  readonly configFile: string;
  /** Names of models; empty: all. */
  readonly models: readonly string[];
  readonly output: "table" | "metrics" | "json";
  /** Milliseconds since 1970; undefined: the newest row. */
  readonly atMs?: number;
  /** Only labels that were known then count; undefined: those known at the moment of the evaluation. */
  readonly knownAtMs?: number;
  /** Exit 3 when a target is missed. */
  readonly failOnTarget: boolean;
  /** Many moments instead of one. */
  readonly backfill?: BackfillOptions;
}

/** The moments of a back-fill: `sinceMs`, then every `everyMs` up to `untilMs` (undefined: now). */
export interface BackfillOptions {
  readonly sinceMs: number;
  readonly untilMs?: number;
  readonly everyMs: number;
  /** What a scrape would have added to every series. */
  readonly labels: Readonly<Record<string, string>>;
}

/** Options of `init`. */
export interface InitOptions extends LogFlags {
  /** The file to look at. */
  readonly data: string;
  /** Where to write; undefined: standard output. */
  readonly output?: string;
}

/** Options of `demo`. */
export interface DemoOptions extends LogFlags {
  readonly listen: string;
  /** How many times faster than one model year in ten seconds. */
  readonly speed: number;
  /** Where the story's files are written; undefined: a temporary folder that is removed at the end. */
  readonly directory?: string;
}

/** Options of `run`. */
export interface RunOptions extends LogFlags {
  readonly command: readonly [string, ...string[]];
  readonly workload: string;
  /** undefined: the configuration's, or training. */
  readonly phase?: "training" | "serving";
  readonly model?: string;
  readonly configFile?: string;
  /** As written under `size` in a configuration. */
  readonly size?: Readonly<Record<string, string>>;
  readonly intervalMs: number;
  /** Where to serve the series meanwhile; undefined: nowhere. */
  readonly listen?: string;
  /** A running exporter that is to have the report. */
  readonly exporterUrl?: string;
  /** Folder for reports that could not be delivered. */
  readonly dataDir?: string;
  /** Where to write the report. */
  readonly output?: string;
  readonly mlflowRunId?: string;
}

/** What `run` may touch beside the rest. */
export interface RunIo extends Io {
  /** Hands on every signal that this program is told and that can be passed on. */
  readonly onSignal: (handler: (name: NodeJS.Signals) => void) => void;
}
