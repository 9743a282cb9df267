import { toMoment } from "../config/fields.ts";
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { LogFormat, LogLevel } from "../log.ts";
import type { CheckOptions, DemoOptions, EvaluateOptions, ServeOptions } from "./command.ts";

/** What can be written after a command's name. */
interface Flag {
  readonly help: string;
  /** Stands for the value in the help; a flag without one is a switch. */
  readonly value?: string;
  /** The value when the flag is not given. */
  readonly usual?: string;
  readonly many?: true;
  /** What a value must be, where not any text will do. */
  readonly allowed?: { readonly words: string; readonly test: (text: string) => boolean };
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
      at: { help: "Evaluate as of this moment instead of the newest row.", value: "TIME", allowed: moment },
      "fail-on": {
        help: "target: exit with 3 when a target is missed.",
        value: "target",
        allowed: oneOf("target"),
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
} as const satisfies Record<string, { help: string; flags: Record<string, Flag> }>;

type CommandName = keyof typeof commands;

/** A command with its options, or a text to print instead. */
export type Invocation =
  | { readonly command: "serve"; readonly options: ServeOptions }
  | { readonly command: "check"; readonly options: CheckOptions }
  | { readonly command: "evaluate"; readonly options: EvaluateOptions }
  | { readonly command: "demo"; readonly options: DemoOptions }
  | { readonly command: "help"; readonly text: string }
  | { readonly command: "version" };

/** Reads what stands after the program's name; `terminal` decides the form of results when the user does not. */
export function parseArguments(given: readonly string[], terminal: boolean): Invocation {
  const named = given[0] !== undefined && !given[0].startsWith("-");
  const command = named ? commandName(given[0] ?? "") : "serve";
  const rest = named ? given.slice(1) : given;
  if (rest.includes("--version")) return { command: "version" };
  if (rest.includes("--help") || rest.includes("-h")) {
    return { command: "help", text: named ? commandHelp(command) : programHelp() };
  }
  const values = flagValues(rest, command);
  const one = (name: string): string => values.get(name)?.[0] ?? "";
  const optional = <K extends string>(key: K, name: string) =>
    (values.has(name) ? { [key]: one(name) } : {}) as { [P in K]?: string };
  const log = { logLevel: one("log.level") as LogLevel, logFormat: one("log.format") as LogFormat };
  const configFile = one("config.file");
  const listen = one("web.listen-address");
  switch (command) {
    case "check":
      return { command, options: { ...log, configFile } };
    case "demo":
      return {
        command,
        options: { ...log, listen, speed: Number(one("speed")), ...optional("directory", "directory") },
      };
    case "evaluate": {
      const atMs = toMoment(one("at"));
      const output = (one("output") || (terminal ? "table" : "metrics")) as EvaluateOptions["output"];
      const models = values.get("model") ?? [];
      const failOnTarget = one("fail-on") === "target";
      return {
        command,
        options: {
          ...log,
          configFile,
          models,
          output,
          failOnTarget,
          ...(atMs === undefined ? {} : { atMs }),
        },
      };
    }
    case "serve": {
      const options = {
        ...log,
        configFile,
        listen,
        ...optional("externalUrl", "web.external-url"),
        telemetryPath: one("web.telemetry-path"),
        maxRequests: Number(one("web.max-requests")),
        lifecycle: values.has("web.enable-lifecycle"),
        dataDir: one("data.dir"),
      };
      return { command, options };
    }
  }
}

function commandName(given: string): CommandName {
  const names = Object.keys(commands) as CommandName[];
  const known = names.find((name) => name === given);
  if (known === undefined)
    throw new UserError(`unknown command "${given}"; expected one of ${names.join(", ")}`);
  return known;
}

function flagValues(given: readonly string[], command: CommandName): Map<string, string[]> {
  const flags: Readonly<Record<string, Flag>> = commands[command].flags;
  const values = new Map<string, string[]>();
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? "";
    const [, name = "", inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (!word.startsWith("-")) {
      throw new UserError(
        `${word}: ${command} takes no arguments; expected flags (see ml-exporter ${command} --help)`,
      );
    }
    const flag = word.startsWith("--") && Object.hasOwn(flags, name) ? flags[name] : undefined;
    if (flag === undefined) {
      const meant = nearest(name, Object.keys(flags));
      const advice = meant === undefined ? `see ml-exporter ${command} --help` : `did you mean --${meant}?`;
      throw new UserError(`unknown flag ${word.split("=", 1)[0]}; ${advice}`);
    }
    if (flag.value === undefined) {
      if (inline !== undefined)
        throw new UserError(`--${name}: a switch takes no value; expected --${name} alone`);
      values.set(name, []);
      continue;
    }
    const next = given[index + 1];
    if (inline === undefined) index += 1;
    const value = inline ?? (next?.startsWith("--") ? undefined : next);
    const words = flag.allowed?.words ?? flag.value;
    if (value === undefined || value === "") throw new UserError(`--${name}: no value; expected ${words}`);
    if (flag.allowed && !flag.allowed.test(value)) {
      throw new UserError(`--${name}: "${value}" is not allowed; expected ${words}`);
    }
    const before = values.get(name) ?? [];
    if (before.length > 0 && !flag.many) throw new UserError(`--${name}: given twice; expected it once`);
    values.set(name, [...before, value]);
  }
  for (const [name, flag] of Object.entries(flags)) {
    if (flag.usual !== undefined && !values.has(name)) values.set(name, [flag.usual]);
  }
  return values;
}

function isUrl(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text);
}

function programHelp(): string {
  const lines = Object.entries(commands).map(([name, { help }]) => `  ml-exporter ${name.padEnd(10)}${help}`);
  return [
    "Tells whether machine-learning models still work, as Prometheus metrics.",
    "",
    "Commands:",
    ...lines,
    "",
    "ml-exporter COMMAND --help tells a command's flags; ml-exporter --version the version.",
    "",
    commandHelp("serve"),
  ].join("\n");
}

function commandHelp(command: CommandName): string {
  const flags: Readonly<Record<string, Flag>> = commands[command].flags;
  const lines = Object.entries({ ...flags, ...universal }).map(([name, { help, value, usual }]) => {
    const left = `  --${name}${value === undefined ? "" : `=${value}`}`;
    return `${left.padEnd(38)} ${help}${usual === undefined ? "" : ` (default ${usual})`}`;
  });
  return [`ml-exporter ${command} [flags]`, commands[command].help, "", "Flags:", ...lines, ""].join("\n");
}

const universal: Readonly<Record<string, Flag>> = {
  help: { help: "Print this." },
  version: { help: "Print the version." },
};
