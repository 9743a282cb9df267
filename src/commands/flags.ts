import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { LogFormat, LogLevel } from "../log.ts";
import type {
  CheckOptions,
  DemoOptions,
  EvaluateOptions,
  InitOptions,
  RunOptions,
  ServeOptions,
} from "./command.ts";
import { type Command, commands, type Flag } from "./command-table.ts";
import { evaluateOptions, type Values } from "./evaluate-flags.ts";
import { runOptions } from "./run-flags.ts";

type CommandName = keyof typeof commands;

/** A command with its options, or a text to print instead. */
export type Invocation =
  | { readonly command: "serve"; readonly options: ServeOptions }
  | { readonly command: "check"; readonly options: CheckOptions }
  | { readonly command: "evaluate"; readonly options: EvaluateOptions }
  | { readonly command: "init"; readonly options: InitOptions }
  | { readonly command: "run"; readonly options: RunOptions }
  | { readonly command: "demo"; readonly options: DemoOptions }
  | { readonly command: "help"; readonly text: string }
  | { readonly command: "version" };

/** Reads what stands after the program's name; `terminal` decides the form of results when the user does not. */
export function parseArguments(given: readonly string[], terminal: boolean): Invocation {
  const named = given[0] !== undefined && !given[0].startsWith("-");
  const command = named ? commandName(given[0] ?? "") : "serve";
  const { rest, after } = split(named ? given.slice(1) : given, command);
  if (rest.includes("--version")) return { command: "version" };
  if (rest.includes("--help") || rest.includes("-h")) {
    return { command: "help", text: named ? commandHelp(command) : programHelp() };
  }
  const { values, argument } = flagValues(rest, command);
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
    case "evaluate":
      return { command, options: { ...log, configFile, ...evaluateOptions(values, terminal) } };
    case "init":
      return { command, options: { ...log, data: argument ?? "", ...optional("output", "output") } };
    case "run":
      return { command, options: { ...log, ...runOptions(values, after) } };
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

/** What follows the first `--` of a command that takes something there is not ours to read. */
function split(
  words: readonly string[],
  command: CommandName,
): { readonly rest: readonly string[]; readonly after?: readonly string[] } {
  const at = words.indexOf("--");
  const { after }: Command = commands[command];
  if (after === undefined || at < 0) return { rest: words };
  return { rest: words.slice(0, at), after: words.slice(at + 1) };
}

function commandName(given: string): CommandName {
  const names = Object.keys(commands) as CommandName[];
  const known = names.find((name) => name === given);
  if (known === undefined)
    throw new UserError(`unknown command "${given}"; expected one of ${names.join(", ")}`);
  return known;
}

function flagValues(
  given: readonly string[],
  command: CommandName,
): { readonly values: Values; readonly argument: string | undefined } {
  const { flags, argument: wanted, after }: Command = commands[command];
  const values = new Map<string, string[]>();
  let argument: string | undefined;
  for (let index = 0; index < given.length; index += 1) {
    const word = given[index] ?? "";
    const [, name = "", inline] = /^--?([^=]*)(?:=(.*))?$/s.exec(word) ?? [];
    if (!word.startsWith("-")) {
      if (wanted !== undefined && argument === undefined) {
        argument = word;
        continue;
      }
      if (wanted !== undefined)
        throw new UserError(`${word}: ${command} takes one ${wanted.name}; expected ${wanted.words}`);
      if (after !== undefined)
        throw new UserError(`${word}: stands before --; expected ml-exporter ${command} [flags] ${after}`);
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
  if (wanted !== undefined && argument === undefined)
    throw new UserError(`${command}: no ${wanted.name}; expected ${wanted.words}`);
  return { values, argument };
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
  const { flags, argument, after, help }: Command = commands[command];
  const lines = Object.entries({ ...flags, ...universal }).map(([name, { help: what, value, usual }]) => {
    const left = `  --${name}${value === undefined ? "" : `=${value}`}`;
    return `${left.padEnd(38)} ${what}${usual === undefined ? "" : ` (default ${usual})`}`;
  });
  const usage = ["ml-exporter", command, argument?.name, "[flags]", after].filter(Boolean).join(" ");
  return [usage, help, "", "Flags:", ...lines, ""].join("\n");
}

const universal: Readonly<Record<string, Flag>> = {
  help: { help: "Print this." },
  version: { help: "Print the version." },
};
