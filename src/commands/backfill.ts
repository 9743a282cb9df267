import type { ModelConfig } from "../config/config.ts";
import { EvaluationError } from "../errors.ts";
import { type Backfill, createBackfill } from "../exporter/backfill.ts";
import { withinLimit } from "../exporter/series-limit.ts";
import { configuredSamples } from "../metrics/evaluation.ts";
import type { Monitor } from "../monitor/monitor.ts";
import type { BackfillOptions, Io } from "./command.ts";
import { withoutEffect } from "./known-at.ts";
import type { OpenMonitors } from "./monitors.ts";

/** Between two lines of progress. */
const sayEveryMs = 5000;

/** Evaluates every model as of each moment and prints OpenMetrics for `promtool tsdb create-blocks-from`: 0, or 1 where a model could not be evaluated. */
export async function backfill(
  monitors: OpenMonitors,
  options: BackfillOptions,
  knownAtMs: number | undefined,
  io: Io,
): Promise<number> {
  const moments = momentsOf(options, io.now());
  const filled = createBackfill(options.labels);
  let bad = 0;
  for (const { model, monitor } of monitors.all) {
    const fault = await fill(model, monitor, { moments, knownAtMs, filled, io });
    if (fault === undefined) continue;
    bad++;
    io.error(fault);
  }
  for (const piece of filled.pieces()) io.print(piece);
  return bad === 0 ? 0 : 1;
}

function momentsOf({ sinceMs, untilMs, everyMs }: BackfillOptions, nowMs: number): number[] {
  const steps = Math.floor(((untilMs ?? nowMs) - sinceMs) / everyMs);
  return Array.from({ length: Math.max(0, steps + 1) }, (_, step) => sinceMs + step * everyMs);
}

interface Filling {
  readonly moments: readonly number[];
  readonly knownAtMs: number | undefined;
  readonly filled: Backfill;
  readonly io: Io;
}

/** One monitor for all moments, in ascending order, so that each row is read once. */
async function fill(
  model: ModelConfig,
  monitor: Monitor,
  { moments, knownAtMs, filled, io }: Filling,
): Promise<string | undefined> {
  const known = knownAtMs === undefined ? {} : { knownAtMs };
  let saidMs = io.now();
  let series = 0;
  for (const [index, ms] of moments.entries()) {
    try {
      const evaluation = await monitor.evaluate({ kind: "moment", ms, ...known }, ms, io.signal);
      if (index === 0 && knownAtMs !== undefined && evaluation.knownAtIgnored)
        io.error(`${model.name}: ${withoutEffect}`);
      const { samples } = withinLimit(evaluation.samples, model.limits.series);
      const all = [...configuredSamples(model), ...samples].filter(({ name }) => !ofTheProcess.test(name));
      series = Math.max(series, all.length);
      await filled.add(all, ms);
    } catch (error) {
      if (!(error instanceof EvaluationError)) throw error;
      return `${error.message} (as of ${new Date(ms).toISOString()})`;
    }
    if (io.now() - saidMs < sayEveryMs && index + 1 < moments.length) continue;
    saidMs = io.now();
    io.error(`${model.name}: ${index + 1} of ${moments.length} moments, at most ${series} series`);
  }
  return undefined;
}

/** Counters tell what one process has seen since its start: no moment of the past has that. */
const ofTheProcess = /_total$/;
