import type { WorkloadConfig } from "../config/config.ts";
import type { Faults } from "./workloads-faults.ts";
import { readNumbers } from "./workloads-numbers.ts";

/** Numbers that stand in the workloads' files of replicas (0, 1, 2, …) by workload. */
export function readReplicas(
  workloads: readonly WorkloadConfig[],
  faults: Faults,
): Promise<Map<string, number>> {
  return readNumbers(workloads, { key: "replicas.file", fileOf: ({ replicas }) => replicas?.file }, faults);
}

/** Ids of main processes that stand in the workloads' pid files. No file is no fault: the workload does not run. */
export function readPidFiles(
  workloads: readonly WorkloadConfig[],
  faults: Faults,
): Promise<Map<string, number>> {
  const files = {
    key: "match.pid_file",
    fileOf: ({ match }: WorkloadConfig) => match?.pidFile,
    mayBeMissing: true,
  };
  return readNumbers(workloads, files, faults);
}
