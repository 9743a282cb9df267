/** Levels of a log line, from chatty to grave. */
export const logLevels = ["debug", "info", "warn", "error"] as const;
/** How grave a line is. */
export type LogLevel = (typeof logLevels)[number];

/** Forms of a log line. */
export const logFormats = ["logfmt", "json"] as const;
/** How a line is written. */
export type LogFormat = (typeof logFormats)[number];

/** What a line says beside its message; what is undefined is left out. */
export type LogFields = Readonly<Record<string, unknown>>;

/** Writes lines of a level. */
export type Log = Readonly<Record<LogLevel, (message: string, fields?: LogFields) => void>>;

/** How a log writes; `now` in milliseconds since 1970. */
export interface LogOptions {
  readonly level: LogLevel;
  readonly format: LogFormat;
  readonly write: (line: string) => void;
  readonly now: () => number;
}

/** A log of one line an event: logfmt as Prometheus writes it, or JSON. Lines below the level are dropped. */
export function createLog({ level, format, write, now }: LogOptions): Log {
  const least = logLevels.indexOf(level);
  const render = format === "json" ? (entry: LogFields) => JSON.stringify(entry) : logfmt;
  const at =
    (name: LogLevel) =>
    (message: string, fields: LogFields = {}) => {
      if (logLevels.indexOf(name) < least) return;
      const extra = Object.entries(fields).flatMap(([key, value]) =>
        value === undefined ? [] : [[key, plain(value)]],
      );
      // The line's own keys win over fields of the same name.
      const own = { ts: new Date(now()).toISOString(), level: name, msg: message };
      write(render({ ...own, ...Object.fromEntries(extra), ...own }));
    };
  return { debug: at("debug"), info: at("info"), warn: at("warn"), error: at("error") };
}

/** An Error is told by its message: stacks are not for logs of faults that users can mend. */
const plain = (value: unknown) => (value instanceof Error ? value.message : value);

function logfmt(entry: LogFields): string {
  return Object.entries(entry)
    .map(([key, value]) => `${key.replace(/[\s="]/g, "_")}=${quoted(value)}`)
    .join(" ");
}

function quoted(value: unknown): string {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value));
  return text === "" || /[\s="\\\p{Cc}]/u.test(text) ? JSON.stringify(text) : text;
}
