import { credentials, faultOf, messageIn } from "./deliver.ts";
import type { RunReport } from "./run-report.ts";

/** Where a run of MLflow is. */
export interface MlflowRun {
  readonly runId: string;
  /** `http://mlflow:5000` */
  readonly trackingUri: string;
  /** Of MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD. */
  readonly authorization?: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** The run that is named by flag or environment; undefined without one; a text that says why it cannot be written to. */
export function mlflowRun(
  flag: string | undefined,
  environment: Environment,
): MlflowRun | string | undefined {
  const runId = flag ?? environment.MLFLOW_RUN_ID;
  if (runId === undefined || runId === "") return undefined;
  const trackingUri = environment.MLFLOW_TRACKING_URI ?? "";
  if (!/^https?:\/\//.test(trackingUri) || !URL.canParse(trackingUri)) {
    const found = trackingUri === "" ? "is not set" : "is no address of a server";
    return `MLFLOW_TRACKING_URI ${found}; expected one such as http://127.0.0.1:5000`;
  }
  const {
    MLFLOW_TRACKING_USERNAME: user,
    MLFLOW_TRACKING_PASSWORD: password,
    MLFLOW_TRACKING_TOKEN: token,
  } = environment;
  // The order of MLflow's own client.
  const authorization = user
    ? `Basic ${Buffer.from(`${user}:${password ?? ""}`).toString("base64")}`
    : token && `Bearer ${token}`;
  return { runId, trackingUri, ...(authorization ? { authorization } : {}) };
}

const answerWithinMs = 10_000;
/** By resource: what MLflow's metrics of it are called after `system/`. */
const metricNames = {
  cpu: "cpu_cores",
  memory: "memory_bytes",
  gpu: "gpus",
  gpu_memory: "gpu_memory_bytes",
} as const;

/** What is written of a report: metrics beside MLflow's own system metrics, and tags. */
export function mlflowBatch(report: RunReport, runId: string) {
  const values: Record<string, number | undefined> = {
    duration_seconds: (report.endMs - report.startMs) / 1000,
    cpu_seconds: report.cpuSeconds,
    cost: report.cost?.amount,
    recommended_cost: report.cost?.recommended,
  };
  for (const [resource, name] of Object.entries(metricNames)) {
    const key = resource as keyof typeof metricNames;
    const use = report.used[key];
    values[`${name}_mean`] = use?.mean;
    values[`${name}_p95`] = use?.p95;
    values[`${name}_max`] = use?.max;
    values[`${name}_provisioned`] = report.provisioned[key];
    values[`${name}_recommended`] = report.recommended[key];
  }
  const tags: Record<string, string | undefined> = {
    run: report.run,
    workload: report.workload,
    phase: report.phase,
    model: report.model || undefined,
    result: report.signal ?? `exit code ${report.exitCode}`,
    currency: report.cost?.currency,
  };
  const metrics = Object.entries(values).flatMap(([name, value]) =>
    // MLflow stores what is no number as 0.
    value === undefined || !Number.isFinite(value)
      ? []
      : [{ key: `system/run_${name}`, value, timestamp: Math.round(report.endMs), step: 0 }],
  );
  return {
    run_id: runId,
    metrics,
    tags: Object.entries(tags).flatMap(([name, value]) =>
      value === undefined ? [] : [{ key: `ml_exporter.${name}`, value }],
    ),
  };
}

/** Writes a report to its run in MLflow; resolves to why it could not. */
export async function logToMlflow(
  report: RunReport,
  run: MlflowRun,
  signal: AbortSignal,
): Promise<string | undefined> {
  const { origin, pathname } = new URL(run.trackingUri);
  const address = `${origin}${pathname.replace(/\/*$/, "")}/api/2.0/mlflow/runs/log-batch`;
  const authorization = run.authorization
    ? { Authorization: run.authorization }
    : credentials(run.trackingUri);
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...authorization },
      body: JSON.stringify(mlflowBatch(report, run.runId)),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    const text = await answer.text();
    return answer.ok ? undefined : `${answer.status} ${messageIn(text)}`.trim();
  } catch (error) {
    return faultOf(error);
  }
}
