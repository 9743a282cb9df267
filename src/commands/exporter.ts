import type { Config, ModelConfig } from "../config/config.ts";
import { loadConfig } from "../config/load.ts";
import { EvaluationError } from "../errors.ts";
import { createExposition } from "../exporter/exposition.ts";
import { continueSince, findings } from "../exporter/findings.ts";
import { renderPage } from "../exporter/page.ts";
import { createSelf } from "../exporter/self.ts";
import { withinLimit } from "../exporter/series-limit.ts";
import { type Server, startServer } from "../exporter/server.ts";
import type { ModelStatus } from "../exporter/status.ts";
import type { Log } from "../log.ts";
import { configuredSamples } from "../metrics/evaluation.ts";
import { reasons } from "../metrics/family.ts";
import type { Monitor } from "../monitor/monitor.ts";
import { openStore } from "../profiles/store.ts";
import { overdueAt, type Schedule, schedule } from "../schedule.ts";
import { tellingDropped } from "./dropped.ts";
import { startInfrastructure } from "./infrastructure.ts";
import { type OpenMonitors, openMonitors } from "./monitors.ts";
import { version } from "./version.ts";

export interface ExporterOptions {
  readonly configFile: string;
  readonly listen: string;
  readonly dataDir: string;
  readonly telemetryPath: string;
  readonly maxRequests: number;
  readonly lifecycle: boolean;
  readonly externalUrl?: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  now(): number;
  readonly log: Log;
  /** Time between two readings of the workloads; undefined: the usual one. */
  readonly intervalMs?: number;
}

export interface RunningExporter {
  /** `http://127.0.0.1:10058` */
  readonly address: string;
  statuses(): readonly ModelStatus[];
  evaluateNow(model: string): Promise<void>;
  onEvaluation(listener: (status: ModelStatus) => void): void;
  /** Takes the config file anew; rejects, keeping the old configuration, when it has a fault. */
  reload(): Promise<void>;
  stop(): Promise<void>;
}

/** One configuration in force: replaced as a whole by a reload. */
interface Generation {
  readonly monitors: OpenMonitors;
  readonly schedule: Schedule;
}

/** Starts everything that `serve` and `demo` run: rejects with a UserError when the config, the data directory or the port is at fault. */
export async function startExporter(options: ExporterOptions): Promise<RunningExporter> {
  const { now, log } = options;
  const self = createSelf(version, process.versions.node);
  const exposition = createExposition();
  const statuses = new Map<string, ModelStatus>();
  const listeners = new Set<(status: ModelStatus) => void>();
  const first = await loadConfig(options.configFile, options.environment);
  const store = await openStore(options.dataDir);
  const infrastructure = await startInfrastructure({ ...options, exposition }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  let generation: Generation | undefined;
  const leftOut = tellingDropped(log);

  async function replace(config: Config): Promise<void> {
    const monitors = await openMonitors(config, store);
    // What runs breaks off: the new generation starts with an evaluation of its own, and what was profiled is kept.
    await closeGeneration(generation);
    forgetMissing(config, statuses.keys(), (name) => {
      statuses.delete(name);
      exposition.withdraw(keyOf(name));
      self.forget(name);
      leftOut.forget(name);
    });
    await exposition.publish(
      "configured",
      monitors.all.flatMap(({ model }) => configuredSamples(model)),
    );
    for (const { model } of monitors.all) {
      const dueMs = overdueAt(model.schedule, model.timezone);
      statuses.set(model.name, { since: {}, samples: [], ...statuses.get(model.name), config: model, dueMs });
      self.register(model.name, dueMs, model.limits.series);
    }
    await infrastructure.configure(config);
    const entries = monitors.all.map(({ model }) => ({
      name: model.name,
      cron: model.schedule,
      timezone: model.timezone,
    }));
    generation = {
      monitors,
      schedule: schedule(entries, {
        run: (name) => evaluateModel(monitors, name),
        onMissed: (name) => self.missed(name),
        onFailed: (name, error) => log.error("evaluation broke off", { model: name, error: message(error) }),
      }),
    };
    for (const { name } of entries) void generation.schedule.runNow(name).catch(() => undefined);
    self.configLoaded(true, now());
  }

  async function evaluateModel(monitors: OpenMonitors, name: string): Promise<void> {
    const found = monitors.all.find(({ model }) => model.name === name);
    const before = statuses.get(name);
    if (!found || !before) return;
    self.evaluationStarted(name);
    try {
      await publishEvaluation(found.model, found.monitor, before, monitors.signal);
    } catch (error) {
      if (monitors.signal.aborted) return;
      const reason = error instanceof EvaluationError ? error.reason : "internal";
      self.evaluationFailed(name, reason);
      const stack =
        error instanceof EvaluationError ? {} : { stack: error instanceof Error ? error.stack : undefined };
      log.error("evaluation failed", { model: name, reason, error: message(error), ...stack });
      // Not `before`: the samples may have been withdrawn meanwhile.
      await settle({ ...(statuses.get(name) ?? before), error: message(error) }, found.monitor);
    }
  }

  async function publishEvaluation(
    model: ModelConfig,
    monitor: Monitor,
    before: ModelStatus,
    signal: AbortSignal,
  ) {
    const nowMs = now();
    const evaluation = await monitor.evaluate({ kind: "now", ms: nowMs }, nowMs, signal);
    const started = performance.now();
    const { samples, dropped } = withinLimit(evaluation.samples, model.limits.series);
    leftOut.tell(model, samples.length, dropped);
    await exposition.publish(keyOf(model.name), samples);
    const stepsMs = { ...evaluation.stepsMs, publish: performance.now() - started };
    const dueMs = overdueAt(model.schedule, model.timezone);
    self.evaluationSucceeded(model.name, { atMs: now(), dueMs, stepsMs });
    self.series(model.name, samples.length, dropped);
    for (const [source, rows] of Object.entries(evaluation.rowsRead)) self.rowsRead(model.name, source, rows);
    // The first success is news; the many after it are not.
    const level = before.evaluatedAtMs === undefined ? "info" : "debug";
    log[level]("evaluated", { model: model.name, series: samples.length });
    await settle(
      {
        config: model,
        samples: [...configuredSamples(model), ...samples],
        history: evaluation.history,
        dropped,
        evaluatedAtMs: now(),
        dueMs,
        since: { ...evaluation.since, ...before.since },
      },
      monitor,
    );
  }

  /** Takes the new state of a model, with what has been found since when. */
  async function settle(status: ModelStatus, monitor: Monitor): Promise<void> {
    const since = continueSince(status.since, findings(status, now(), reasons), now());
    const settled = { ...status, since };
    statuses.set(status.config.name, settled);
    for (const listener of listeners) listener(settled);
    await monitor
      .remember(since)
      .catch((error: unknown) => log.warn("state not kept", { error: message(error) }));
  }

  /** A failing model keeps its last samples until its evaluation is overdue, then loses them. */
  function withdrawOverdue(): void {
    for (const [name, status] of statuses) {
      if (status.samples.length === 0 || now() <= status.dueMs) continue;
      exposition.withdraw(keyOf(name));
      statuses.set(name, { ...status, samples: [] });
      self.series(name, 0, withinLimit([], status.config.limits.series).dropped);
      log.warn("samples withdrawn: evaluation overdue", { model: name });
    }
  }

  async function reload(): Promise<void> {
    try {
      await replace(await loadConfig(options.configFile, options.environment));
      log.info("configuration loaded", { file: options.configFile });
    } catch (error) {
      self.configLoaded(false, now());
      log.error("configuration not loaded; the one before stays", { error: message(error) });
      throw error;
    }
  }
  const reloadInTurn = oneAtATime(reload);

  let server: Server | undefined;
  try {
    // Before any evaluation: where the port is taken, that is the one line to read.
    server = await startServer({
      listen: options.listen,
      telemetryPath: options.telemetryPath,
      maxRequests: options.maxRequests,
      lifecycle: options.lifecycle,
      render: (format) => {
        withdrawOverdue();
        return exposition.render(format, self.samples());
      },
      page: () => {
        withdrawOverdue();
        return renderPage([...statuses.values()], now(), pageOptions(options));
      },
      reload: reloadInTurn,
      ready: () => generation !== undefined,
      runs: () => infrastructure.runs(),
      onFault: (error) => log.error("request failed", { error: message(error) }),
    });
    const { stop } = server;
    await replace(first);
    return {
      address: addressOf(server),
      statuses: () => [...statuses.values()],
      evaluateNow: async (model) => generation?.schedule.runNow(model),
      onEvaluation: (listener) => void listeners.add(listener),
      reload: reloadInTurn,
      stop: () =>
        stopAll([
          () => stop(),
          () => infrastructure.stop(),
          () => closeGeneration(generation),
          () => store.close(),
        ]),
    };
  } catch (error) {
    await stopAll([
      async () => server?.stop(),
      () => infrastructure.stop(),
      () => closeGeneration(generation),
      () => store.close(),
    ]);
    throw error;
  }
}

const pageOptions = ({ telemetryPath, externalUrl }: ExporterOptions) => ({
  version,
  telemetryPath,
  ...(externalUrl === undefined ? {} : { externalUrl }),
  reasons,
});

async function closeGeneration(generation: Generation | undefined): Promise<void> {
  generation?.monitors.abort();
  await generation?.schedule.stop();
  await generation?.monitors.close();
}

/** Each step also where one before it failed: the data directory must be given back. */
async function stopAll(steps: readonly (() => Promise<void>)[]): Promise<void> {
  const faults: unknown[] = [];
  for (const step of steps) await step().catch((error: unknown) => faults.push(error));
  if (faults.length > 0) throw faults[0];
}

/** Something that can be opened in a browser on this machine. */
function addressOf({ host, port }: Server): string {
  if (host === "0.0.0.0" || host === "::") return `http://127.0.0.1:${port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${port}`;
}

/** Models that left the configuration leave everything at once. */
function forgetMissing(config: Config, known: Iterable<string>, forget: (name: string) => void): void {
  const names = new Set(config.models.filter(({ enabled }) => enabled).map(({ name }) => name));
  for (const name of [...known]) if (!names.has(name)) forget(name);
}

/** Two reloads at once would replace each other half way: each waits for the one before. */
function oneAtATime(run: () => Promise<void>): () => Promise<void> {
  let last: Promise<void> = Promise.resolve();
  return () => {
    last = last.catch(() => undefined).then(run);
    return last;
  };
}

/** A model may be named as anything, `host` too. */
const keyOf = (model: string) => `model ${model}`;

const message = (error: unknown) => (error instanceof Error ? error.message : String(error));
