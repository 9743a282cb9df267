import type { Io, ServeOptions } from "./command.ts";
import { startExporter } from "./exporter.ts";
import { version } from "./version.ts";

/** Evaluates every model on its schedule and serves /metrics until it is told to stop. */
export async function serve(options: ServeOptions, io: Io): Promise<number> {
  const exporter = await startExporter({ ...options, environment: io.environment, now: io.now, log: io.log });
  io.log.info("listening", { version, address: exporter.address, config: options.configFile });
  // The failure is logged and counted by the reload itself; the old configuration stays.
  io.onReload(() => void exporter.reload().catch(() => undefined));
  if (!io.signal.aborted) {
    await new Promise<void>((resolve) =>
      io.signal.addEventListener("abort", () => resolve(), { once: true }),
    );
  }
  io.log.info("stopping");
  await exporter.stop();
  return 0;
}
