import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { binary } from "../binaries.ts";
import { scaleDurations } from "./durations.ts";
import { freePort, type Running, start } from "./processes.ts";
import { type PrometheusApi, prometheusApi } from "./prometheus-api.ts";
import { receiveWebhooks, type Webhooks } from "./webhooks.ts";

/** Prometheus and Alertmanager with the shipped configuration, and who they notify. */
export interface Stack extends AsyncDisposable {
  readonly prometheus: PrometheusApi;
  readonly webhooks: Webhooks;
  /** What both programs printed, for messages. */
  output(): string;
}

/**
 * Starts Debian's Prometheus and Alertmanager with the shipped files: only addresses are replaced and every duration is divided by one
 * factor.
 */
export async function startStack(folder: string, exporterAddress: string, factor: number): Promise<Stack> {
  const [prometheusPort, alertmanagerPort] = [await freePort(), await freePort()];
  const webhooks = await receiveWebhooks();
  const addresses: Readonly<Record<string, string>> = {
    "ml-exporter:10058": exporterAddress,
    "alertmanager:9093": `127.0.0.1:${alertmanagerPort}`,
    "host.docker.internal:5001": `127.0.0.1:${webhooks.port}`,
  };
  const ship = (file: string) => {
    const text = stringify(scaleDurations(parse(readFileSync(join("prometheus", file), "utf8")), factor));
    const local = Object.entries(addresses).reduce((all, [from, to]) => all.replaceAll(from, to), text);
    writeFileSync(join(folder, file), local);
  };
  mkdirSync(join(folder, "rules"), { recursive: true });
  mkdirSync(join(folder, "templates"), { recursive: true });
  for (const file of readdirSync("prometheus/rules")) ship(join("rules", file));
  for (const file of readdirSync("prometheus/templates")) {
    copyFileSync(join("prometheus/templates", file), join(folder, "templates", file));
  }
  ship("prometheus.yml");
  ship("alertmanager.yml");

  const programs: Running[] = [];
  const stop = async () => {
    for (const program of programs.reverse()) await program[Symbol.asyncDispose]();
    await webhooks[Symbol.asyncDispose]();
  };
  try {
    programs.push(
      await start(
        binary("alertmanager"),
        [
          `--config.file=${join(folder, "alertmanager.yml")}`,
          `--storage.path=${join(folder, "alertmanager-data")}`,
          `--web.listen-address=127.0.0.1:${alertmanagerPort}`,
          "--cluster.listen-address=",
        ],
        `http://127.0.0.1:${alertmanagerPort}/-/ready`,
      ),
    );
    programs.push(
      await start(
        binary("prometheus"),
        [
          `--config.file=${join(folder, "prometheus.yml")}`,
          `--storage.tsdb.path=${join(folder, "prometheus-data")}`,
          `--web.listen-address=127.0.0.1:${prometheusPort}`,
        ],
        `http://127.0.0.1:${prometheusPort}/-/ready`,
      ),
    );
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    prometheus: prometheusApi(`http://127.0.0.1:${prometheusPort}`),
    webhooks,
    output: () => programs.map((program) => program.output()).join("\n"),
    [Symbol.asyncDispose]: stop,
  };
}
