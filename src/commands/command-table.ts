import { parseDuration } from "../config/duration.ts";
import { toMoment } from "../config/fields.ts";
import type { LogFormat, LogLevel } from "../log.ts";

/** What can be written after a command's name. */
export interface Flag {
  readonly help: string;
  /** Stands for the value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** The value when the flag is not given. */
  readonly usual?: string;
  readonly many?: true;
  /** What a value must be, where not any text will do. */
  readonly allowed?: { readonly words: string; readonly test: (text: string) => boolean };
}

/** A command and what can be written after it. */
export interface Command {
  readonly help: string;
  /** The one word that is no flag. */
  readonly argument?: { readonly name: string; readonly words: string };
  /** Stands in the help for what follows `--`, flags of something else included. */
  readonly after?: string;
  readonly flags: Readonly<Record<string, Flag>>;
}

const oneOf = (...names: readonly string[]) => ({
  words: `one of ${names.join(", ")}`,
  test: (text: string) => names.includes(text),
});
const levels = ["debug", "info", "warn", "error"] as const satisfies readonly LogLevel[];
const formats = ["logfmt", "json"] as const satisfies readonly LogFormat[];
const url = { words: "a URL such as https://ml.example.org/monitor/", test: isUrl };
const path = { words: "a path that begins with /", test: (text: string) => /^\/[^\s?#]*$/.test(text) };
const moment = {
  words: "a time such as 2026-01-31T12:00:00Z or a date",
  test: (text: string) => toMoment(text) !== undefined,
};
const span = {
  words: "a duration such as 5m or 1h, longer than 0",
  test: (text: string) => (parseDuration(text)?.ms ?? 0) > 0,
};
const label = {
  words: "a label such as job=ml",
  test: (text: string) => /^(?!__)[A-Za-z_][A-Za-z0-9_]*=/.test(text),
};
const atLeastOne = {
  words: "a whole number, at least 1",
  test: (text: string) => /^[1-9]\d{0,8}$/.test(text),
};
const positive = {
  words: "a number above 0",
  test: (text: string) => /^\d*\.?\d+$/.test(text) && Number(text) > 0,
};

const logFlags = (level: LogLevel) =>
  ({
    "log.level": {
      help: "Least grave messages that are logged.",
      value: levels.join("|"),
      usual: level,
      allowed: oneOf(...levels),
    },
    "log.format": {
      help: "Form of the log on standard error.",
      value: formats.join("|"),
      usual: "logfmt",
      allowed: oneOf(...formats),
    },
  }) satisfies Record<string, Flag>;
const configFlag = {
  "config.file": { help: "The configuration.", value: "FILE", usual: "ml-exporter.yml" },
} satisfies Record<string, Flag>;
const listenFlag = (usual: string) =>
  ({
    "web.listen-address": {
      help: "Where to listen: HOST:PORT, or :PORT on every address.",
      value: "ADDRESS",
      usual,
    },
  }) satisfies Record<string, Flag>;

/** The commands with their flags; the help is derived from this table. */
export const commands = {
  serve: {
    help: "Evaluates every model on its schedule and serves /metrics (the default).",
    flags: {
      ...configFlag,
      ...listenFlag(":10058"),
      "web.external-url": {
        help: "The URL under which others reach this program, for links.",
        value: "URL",
        allowed: url,
      },
      "web.telemetry-path": { help: "Path of the metrics.", value: "PATH", usual: "/metrics", allowed: path },
      "web.max-requests": {
        help: "Most scrapes that are answered at the same time.",
        value: "N",
        usual: "40",
        allowed: atLeastOne,
      },
      "web.enable-lifecycle": { help: "Allow POST /-/reload." },
      "data.dir": { help: "Folder for what was already read.", value: "FOLDER", usual: "data" },
      ...logFlags("info"),
    },
  },
  check: {
    help: "Reads the configuration and a little of every source, and says what it found and chose.",
    flags: { ...configFlag, ...logFlags("warn") },
  },
  evaluate: {
    help: "Evaluates every model once and prints the result.",
    flags: {
      ...configFlag,
      model: { help: "Only this model; may be repeated.", value: "NAME", many: true },
      output: {
        help: "Form of the result; table on a terminal, else metrics.",
        value: "table|metrics|json",
        allowed: oneOf("table", "metrics", "json"),
      },
      at: {
        help: "As of this moment, not of the newest row: windows end at the bucket edge before it.",
        value: "TIME",
        allowed: moment,
      },
      "known-at": {
        help: "With the labels known at this moment (left out: at the one evaluated).",
        value: "TIME",
        allowed: moment,
      },
      since: {
        help: "Back-fill: as of many moments from this one on, as OpenMetrics for promtool.",
        value: "TIME",
        allowed: moment,
      },
      until: { help: "Last moment of a back-fill; now when left out.", value: "TIME", allowed: moment },
      every: {
        help: "From one moment of a back-fill to the next (5m when left out).",
        value: "DURATION",
        allowed: span,
      },
      label: {
        help: "Label that a scrape would add to every series of a back-fill; may be repeated.",
        value: "NAME=VALUE",
        many: true,
        allowed: label,
      },
      "fail-on": {
        help: "target: exit with 3 when a target is missed.",
        value: "target",
        allowed: oneOf("target"),
      },
      ...logFlags("warn"),
    },
  },
  init: {
    help: "Looks at a file of predictions and writes a commented configuration for it.",
    argument: { name: "DATA", words: "a CSV, Parquet or NDJSON file" },
    flags: {
      output: {
        help: "Where to write; standard output when left out. A file that is there stays.",
        value: "FILE",
      },
      ...logFlags("warn"),
    },
  },
  run: {
    help: "Runs a command and measures it: processors, memory, GPUs, cost.",
    after: "-- COMMAND …",
    flags: {
      workload: { help: "The workload that the command is a run of.", value: "NAME" },
      phase: {
        help: "What it does; that of the configuration, or training, when left out.",
        value: "training|serving",
        allowed: oneOf("training", "serving"),
      },
      model: { help: "The model it belongs to.", value: "NAME" },
      "config.file": { help: "Configuration with the workload's size and prices.", value: "FILE" },
      size: {
        help: "What it is provisioned; this machine when left out.",
        value: "cpu=8,memory=32GiB,gpu=1",
      },
      interval: { help: "From one reading to the next.", value: "DURATION", usual: "1s", allowed: span },
      "web.listen-address": { help: "Serve its series here while it runs.", value: "ADDRESS" },
      "exporter.url": { help: "A running exporter that is to have the report.", value: "URL", allowed: url },
      "data.dir": { help: "Folder for reports that could not be delivered.", value: "FOLDER" },
      output: { help: "Where to write the report, as JSON.", value: "FILE" },
      "mlflow.run-id": {
        help: "MLflow run to write the report to; MLFLOW_RUN_ID when left out.",
        value: "ID",
      },
      ...logFlags("warn"),
    },
  },
  demo: {
    help: "Tells the fuel-economy story, live.",
    flags: {
      ...listenFlag("127.0.0.1:10058"),
      speed: {
        help: "How many times faster than one model year in ten seconds.",
        value: "N",
        usual: "1",
        allowed: positive,
      },
      directory: {
        help: "Folder for the story's files, kept at the end; a temporary one when left out.",
        value: "FOLDER",
      },
      ...logFlags("warn"),
    },
  },
} as const satisfies Record<string, Command>;

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}
