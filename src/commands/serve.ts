import type { Io, ServeOptions } from "./command.ts";
import { startExporter } from "./exporter.ts";
import { version } from "./version.ts";

/** Evaluates every model on its schedule and serves /metrics until it is told to stop. */
export async function serve(options: ServeOptions, io: Io): Promise<number> {
  let reload = async () => {};
  // From the start on, for an unhandled SIGHUP ends a process; the failure is logged and counted by the reload itself.
  io.onReload(() => void reload().catch(() => undefined));
  const exporter = await startExporter({ ...options, environment: io.environment, now: io.now, log: io.log });
  reload = exporter.reload;
  io.log.info("listening", { version, address: exporter.address, config: options.configFile });
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) =>
      io.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }
  io.log.info("stopping");
  await exporter.stop();
  return 0;
}
