import type { Resource } from "../config/config.ts";
import { UserError } from "../errors.ts";

/** What one run of a command used: what `ml-exporter run` writes, hands to a running exporter, and that keeps. */
export interface RunReport {
  /** A UUID: a report that comes twice counts once. */
  readonly run: string;
  readonly workload: string;
  readonly phase: "training" | "serving";
  /** Empty when none was given. */
  readonly model: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** Absent where processes cannot be read. */
  readonly cpuSeconds?: number;
  /** Processes seen, the command's own included. */
  readonly processes: number;
  /** Readings while it ran. */
  readonly samples: number;
  /** Use by resource in cores, bytes, GPUs, bytes; what was not measured is absent. */
  readonly used: Readonly<Partial<Record<Resource, ResourceUse>>>;
  /** What it is provisioned and what the use would have asked for, with headroom. */
  readonly provisioned: Readonly<Partial<Record<Resource, number>>>;
  readonly recommended: Readonly<Partial<Record<Resource, number>>>;
  /** How long it would have taken at the recommended size, were its work spread over time as water is; absent without a reading. */
  readonly recommendedMs?: number;
  /** Absent where nothing is priced; `recommended` is what the recommended size would have cost. */
  readonly cost?: { readonly currency: string; readonly amount: number; readonly recommended?: number };
  /** Processes that the kernel killed for lack of memory in its control group meanwhile; absent where it does not tell. */
  readonly memoryKills?: number;
}

/** Of the readings of one run. */
export interface ResourceUse {
  readonly mean: number;
  readonly p95: number;
  readonly max: number;
}

const resources: readonly Resource[] = ["cpu", "memory", "gpu", "gpu_memory"];
/** A sender's clock may be ahead so far: a report from the future would stay the last one for ever. */
const aheadMs = 24 * 3600 * 1000;

/** Takes a report that came from elsewhere, known fields alone; a UserError says which is wrong. */
export function readReport(body: unknown, nowMs: number): RunReport {
  const at = fieldsOf(body, "the report");
  const cost = at.optional("cost", (value) => readCost(value));
  const cpuSeconds = at.optional("cpuSeconds", amount);
  const recommendedMs = at.optional("recommendedMs", amount);
  const memoryKills = at.optional("memoryKills", amount);
  const report: RunReport = {
    run: at.field("run", uuid),
    workload: at.field("workload", text(1)),
    phase: at.field("phase", phase),
    model: at.field("model", text(0)),
    startMs: at.field("startMs", moment(nowMs)),
    endMs: at.field("endMs", moment(nowMs)),
    exitCode: at.field("exitCode", orNull(exitCode)),
    signal: at.field("signal", orNull(signalName)),
    ...(cpuSeconds === undefined ? {} : { cpuSeconds }),
    processes: at.field("processes", amount),
    samples: at.field("samples", amount),
    used: at.field("used", (value, name) => byResource(value, name, readUse)),
    provisioned: at.field("provisioned", (value, name) => byResource(value, name, amount)),
    recommended: at.field("recommended", (value, name) => byResource(value, name, amount)),
    ...(recommendedMs === undefined ? {} : { recommendedMs }),
    ...(cost === undefined ? {} : { cost }),
    ...(memoryKills === undefined ? {} : { memoryKills }),
  };
  if (report.endMs < report.startMs)
    throw new UserError("endMs: before startMs; expected a moment at or after it");
  if ((report.exitCode === null) === (report.signal === null))
    throw new UserError("exitCode and signal: expected one of the two, and null for the other");
  return report;
}

type Read<T> = (value: unknown, name: string) => T;

function fieldsOf(value: unknown, name: string) {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    throw new UserError(`${name}: not an object; expected the JSON that ml-exporter run --output writes`);
  const own = (key: string) =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  return {
    field: <T>(key: string, read: Read<T>): T => read(own(key), key),
    optional: <T>(key: string, read: Read<T>): T | undefined =>
      own(key) === undefined ? undefined : read(own(key), key),
  };
}

/** `what` says what stands there instead, never the whole of it. */
function refuse(name: string, value: unknown, expected: string): never {
  const what = value === undefined ? "missing" : `${JSON.stringify(value).slice(0, 60)} is not allowed`;
  throw new UserError(`${name}: ${what}; expected ${expected}`);
}

const amount: Read<number> = (value, name) =>
  typeof value === "number" && Number.isFinite(value) && value >= 0
    ? value
    : refuse(name, value, "a number, at least 0");

const moment =
  (nowMs: number): Read<number> =>
  (value, name) =>
    typeof value === "number" && value >= 0 && value <= nowMs + aheadMs
      ? value
      : refuse(name, value, "milliseconds since 1970, at most a day ahead of this machine's clock");

const text =
  (least: number): Read<string> =>
  (value, name) =>
    typeof value === "string" && value.length >= least && value.length <= 256
      ? value
      : refuse(name, value, `text of ${least} to 256 letters`);

const uuid: Read<string> = (value, name) =>
  typeof value === "string" && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value)
    ? value.toLowerCase()
    : refuse(name, value, "a UUID");

const phase: Read<RunReport["phase"]> = (value, name) =>
  value === "training" || value === "serving" ? value : refuse(name, value, "training or serving");

const exitCode: Read<number> = (value, name) =>
  Number.isSafeInteger(value) ? (value as number) : refuse(name, value, "a whole number, or null");

const signalName: Read<string> = (value, name) =>
  typeof value === "string" && /^SIG[A-Z0-9]{1,16}$/.test(value)
    ? value
    : refuse(name, value, "a signal's name such as SIGKILL, or null");

const orNull =
  <T>(read: Read<T>): Read<T | null> =>
  (value, name) =>
    value === null ? null : read(value, name);

function byResource<T>(value: unknown, name: string, read: Read<T>): Partial<Record<Resource, T>> {
  const at = fieldsOf(value, name);
  const all = resources.map((resource) => [
    resource,
    at.optional(resource, (own) => read(own, `${name}.${resource}`)),
  ]);
  return Object.fromEntries(all.filter(([, own]) => own !== undefined));
}

const readUse: Read<ResourceUse> = (value, name) => {
  const at = fieldsOf(value, name);
  const own = (key: string) => at.field(key, (number) => amount(number, `${name}.${key}`));
  return { mean: own("mean"), p95: own("p95"), max: own("max") };
};

function readCost(value: unknown): NonNullable<RunReport["cost"]> {
  const at = fieldsOf(value, "cost");
  const recommended = at.optional("recommended", (own) => amount(own, "cost.recommended"));
  return {
    currency: at.field("currency", (own) =>
      typeof own === "string" && /^[A-Z]{3}$/.test(own)
        ? own
        : refuse("cost.currency", own, "three letters such as USD"),
    ),
    amount: at.field("amount", (own) => amount(own, "cost.amount")),
    ...(recommended === undefined ? {} : { recommended }),
  };
}
