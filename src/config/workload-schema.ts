import * as a from "./amount-fields.ts";
import * as f from "./fields.ts";

/** Prices of an hour, as a table for all or of one workload. */
export const priceSchema = f.map({
  currency: f.checkedText("a currency such as USD", currencyFault).optional(),
  cpu: a.price().optional(),
  memory: a.price().optional(),
  gpu: a.price().optional(),
  machine: a.price().optional(),
});

/** Of the machine that the exporter runs on. */
export const hostSchema = f.map({
  enabled: f.flag().optional(),
  root: f.checkedText("a folder such as /host", absoluteFault).optional(),
  nvidia_smi: f.text("a command such as nvidia-smi, or none").optional(),
  gpu_idle: f.ratio().optional(),
  memory_limit: f.ratio().optional(),
});

const match = f.map({
  pid_file: f.text("the path of a file with a process's id").optional(),
  command: f.checkedText('a regular expression such as "train\\.py"', patternFault).optional(),
  cgroup: f.text("a control group's path or pattern such as /system.slice/train*").optional(),
  unit: f.text("a systemd unit such as trainer.service").optional(),
  pod_uid: f.text("a pod's uid, or *").optional(),
});

const signal = f.map({
  name: f.text("a name"),
  url: f.checkedText("an address such as http://127.0.0.1:8000/metrics", urlFault),
  metric: f.checkedText("a series such as vllm:num_requests_waiting", seriesFault),
  capacity: a.positive(),
  target: a.target().optional(),
});

/** One entry of `workloads`. */
export const workloadSchema = f.map({
  name: f.text("a name"),
  phase: f.choice("phase", ["training", "serving"]),
  model: f.text("a model's name").optional(),
  match: match.optional(),
  size: f
    .map({
      cpu: a.positive().optional(),
      memory: a.bytes().optional(),
      gpu: a.positive().optional(),
      gpu_memory: a.bytes().optional(),
    })
    .optional(),
  target: f
    .map({
      cpu: a.targetOrNone().optional(),
      memory: a.targetOrNone().optional(),
      gpu: a.targetOrNone().optional(),
      gpu_memory: a.targetOrNone().optional(),
    })
    .optional(),
  signals: f.list(signal, "entries such as { name, url, metric, capacity }").optional(),
  replicas: f
    .map({
      current: f.count(0).optional(),
      file: f.text("the path of a file with a number").optional(),
      min: f.count(0).optional(),
      max: f.count(1).optional(),
    })
    .optional(),
  tolerance: f.ratio().optional(),
  price: priceSchema.optional(),
  sizing: f
    .map({
      window: f.duration().optional(),
      least: f.duration().optional(),
      headroom: f.ratio().optional(),
    })
    .optional(),
});

function currencyFault(text: string): string | undefined {
  return /^[A-Z]{3}$/.test(text)
    ? undefined
    : `${f.show(text)} is not a currency; expected its three letters (ISO 4217) such as USD or EUR`;
}

function absoluteFault(text: string): string | undefined {
  return text.startsWith("/")
    ? undefined
    : `${f.show(text)} is not an absolute path; expected one such as / or /host`;
}

function patternFault(text: string): string | undefined {
  try {
    new RegExp(text);
    return text === ""
      ? `"" fits every process; expected a regular expression such as "train\\.py"`
      : undefined;
  } catch (error) {
    const reason = (error instanceof Error ? error.message : String(error)).replace(/^.*: /, "");
    return `${f.show(text)} is not a regular expression (${reason}); expected one such as "train\\.py"`;
  }
}

function urlFault(text: string): string | undefined {
  const { protocol } = URL.canParse(text) ? new URL(text) : { protocol: "" };
  return protocol === "http:" || protocol === "https:"
    ? undefined
    : `${f.show(text)} is not an address; expected one such as http://127.0.0.1:8000/metrics`;
}

const label = String.raw`\s*[a-zA-Z_]\w*\s*(?:=~|!~|!=|=)\s*"(?:[^"\\]|\\.)*"\s*`;
/** A series' name, with the labels it must have in braces. */
const seriesForm = new RegExp(`^[a-zA-Z_:][\\w:]*(?:\\{${label}(?:,${label})*\\})?$`);

function seriesFault(text: string): string | undefined {
  const patterns = [...text.matchAll(/[=!]~\s*"((?:[^"\\]|\\.)*)"/g)].map(([, pattern]) => pattern ?? "");
  return seriesForm.test(text) &&
    patterns.every((pattern) => pattern === "" || patternFault(pattern) === undefined)
    ? undefined
    : `${f.show(text)} is not a series; expected a name, or one with labels such as queue{model="a"}`;
}
