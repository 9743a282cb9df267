import { parseDuration } from "../config/duration.ts";
import { UserError } from "../errors.ts";
import type { RunOptions } from "./command.ts";
import type { Values } from "./evaluate-flags.ts";

/** The flags of `run`, but for those of every command. */
export function runOptions(
  values: Values,
  command: readonly string[] | undefined,
): Omit<RunOptions, "logLevel" | "logFormat"> {
  const [program, ...rest] = command ?? [];
  if (program === undefined)
    throw new UserError(
      "run: no COMMAND; expected it after --, as in ml-exporter run --workload NAME -- COMMAND",
    );
  const one = (name: string) => values.get(name)?.[0];
  const workload = one("workload");
  if (workload === undefined) throw new UserError("run: no --workload; expected --workload NAME");
  const optional = <K extends string>(key: K, name: string) => {
    const value = one(name);
    return (value === undefined ? {} : { [key]: value }) as { [P in K]?: string };
  };
  const phase = one("phase") as RunOptions["phase"];
  const size = one("size");
  return {
    command: [program, ...rest],
    workload,
    ...(phase === undefined ? {} : { phase }),
    ...optional("model", "model"),
    ...optional("configFile", "config.file"),
    ...(size === undefined ? {} : { size: sizeParts(size) }),
    intervalMs: parseDuration(one("interval") ?? "")?.ms ?? 1000,
    ...optional("listen", "web.listen-address"),
    ...optional("exporterUrl", "exporter.url"),
    ...optional("dataDir", "data.dir"),
    ...optional("output", "output"),
    ...optional("mlflowRunId", "mlflow.run-id"),
  };
}

/** `cpu=8,memory=32GiB` as it would stand under `size` in a configuration, which says what is allowed. */
function sizeParts(text: string): Readonly<Record<string, string>> {
  const parts = text.split(",").map((part): [string, string] => {
    const at = part.indexOf("=");
    return at < 0 ? [part, ""] : [part.slice(0, at).trim(), part.slice(at + 1).trim()];
  });
  const twice = parts.find(([name], index) => parts.findIndex(([other]) => other === name) < index);
  if (twice) throw new UserError(`--size ${twice[0]}: given twice; expected once, as in cpu=8,memory=32GiB`);
  return Object.fromEntries(parts);
}
