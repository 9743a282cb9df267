import type { HostConfig, WorkloadConfig } from "../config/config.ts";
import type { Environment } from "../config/environment.ts";
import { loadConfig } from "../config/load.ts";
import { resolveHost, resolveWorkload } from "../config/workload-resolve.ts";
import { workloadSchema } from "../config/workload-schema.ts";
import { UserError } from "../errors.ts";
import { placesOf } from "../host/places.ts";
import { machineSize } from "../workloads/run-size.ts";
import type { RunOptions } from "./command.ts";

/** What a run is measured against. */
export interface RunSetting {
  readonly workload: WorkloadConfig;
  readonly host: HostConfig;
  /** Of this machine or container, for a workload without a size. */
  readonly machine: Readonly<Record<"cpu" | "memory", number>>;
}

/** The workload of the configuration where one is given, with what the flags say instead; a UserError where either has a fault. */
export async function runSetting(options: RunOptions, environment: Environment): Promise<RunSetting> {
  const machine = await machineSize(placesOf("/"));
  const flags = flagWorkload(options);
  if (options.configFile === undefined) return { workload: flags, host: resolveHost(), machine };
  const config = await loadConfig(options.configFile, environment);
  const found = config.workloads.find(({ name }) => name === options.workload);
  if (found === undefined) {
    const names = config.workloads.map(({ name }) => name);
    const allowed = names.length === 0 ? "a workload of that name there" : `one of ${names.join(", ")}`;
    throw new UserError(
      `--workload: ${options.configFile} has no workload "${options.workload}"; expected ${allowed}`,
    );
  }
  const workload: WorkloadConfig = {
    ...found,
    phase: options.phase ?? found.phase,
    model: options.model ?? found.model,
    size: options.size === undefined ? found.size : flags.size,
  };
  return { workload, host: config.host, machine };
}

function flagWorkload({ workload, phase, model, size }: RunOptions): WorkloadConfig {
  const written = workloadSchema.safeParse({
    name: workload,
    phase: phase ?? "training",
    ...(model === undefined ? {} : { model }),
    ...(size === undefined ? {} : { size }),
  });
  if (written.success) return resolveWorkload(written.data, undefined, ".");
  const [issue] = written.error.issues;
  const [top, ...rest] = issue?.path ?? [];
  throw new UserError(`--${[top, ...rest].map(String).join(" ")}: ${issue?.message.split("\n", 1)[0]}`);
}
