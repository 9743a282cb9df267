import type { WorkloadConfig } from "../config/config.ts";
import { createExposition } from "../exporter/exposition.ts";
import { startServer } from "../exporter/server.ts";
import type { WorkloadUsage } from "../workloads/usage.ts";
import { workloadSamples } from "../workloads/workload-samples.ts";

/** The series of a run, for as long as it runs. */
export interface RunSeries {
  publish(usage: WorkloadUsage): void;
  stop(): Promise<void>;
}

/** Serves the series of one workload, where an address is given; one that cannot be had is a UserError. */
export async function startRunSeries(
  listen: string | undefined,
  workload: WorkloadConfig,
): Promise<RunSeries> {
  if (listen === undefined) return { publish: () => undefined, stop: async () => undefined };
  const exposition = createExposition();
  // The run itself is what fits, whatever the configuration matches processes by.
  const config: WorkloadConfig = { ...workload, match: workload.match ?? {} };
  const server = await startServer({
    listen,
    telemetryPath: "/metrics",
    maxRequests: 10,
    lifecycle: false,
    render: (format) => exposition.render(format),
    page: () => `<!doctype html><title>ml-exporter run</title><a href="metrics">metrics</a>\n`,
    reload: async () => undefined,
    ready: () => true,
    onFault: () => undefined,
  });
  return {
    publish: (usage) =>
      void exposition.publish("run", workloadSamples({ config, usage })).catch(() => undefined),
    stop: () => server.stop(),
  };
}
