import { type Gpu, type GpuProcess, type GpuSnapshot, given } from "./gpu.ts";
import { mebibytes, toldText } from "./nvidia-csv.ts";

/** Text of `nvidia-smi -q`: `Key : value` lines, indented under their heading. */
interface Entry {
  readonly key: string;
  readonly value: string;
  readonly under: Entry[];
}

/** What `nvidia-smi -L` tells of one part and `-q` does not. */
interface Listed {
  readonly profile: string;
  readonly uuid: string;
}

/**
 * The parts of the GPUs that are split, and their processes. Only two outputs together tell it: `-L` has the parts' uuids and profiles,
 * `-q` their memory and whose processes are in which. There is no utilisation of parts in either. Parts that share one GPU instance
 * (1c.3g.71gb and 2c.3g.71gb) share its memory and both tell all of it.
 */
export function parseParts(list: string, query: string, gpus: readonly Gpu[]): GpuSnapshot {
  const listed = parseList(list);
  const told = parseQuery(query).filter(({ key, value }) => key.startsWith("GPU ") && value === "");
  const all = gpus.map((gpu) => {
    const entry = told.find(({ under }) => textOf(under, "GPU UUID") === gpu.uuid);
    if (!entry) throw new Error(`nvidia-smi -q: nothing of ${gpu.uuid}`);
    return partsOf(gpu, entry, listed);
  });
  return { gpus: all.flatMap((each) => each.gpus), processes: all.flatMap((each) => each.processes) };
}

function partsOf(gpu: Gpu, entry: Entry, listed: ReadonlyMap<string, Listed>): GpuSnapshot {
  const byInstance = new Map<string, Gpu>();
  const devices = entry.under.filter(({ key, value }) => key === "MIG Device" && value === "");
  const expected = [...listed.keys()].filter((key) => key.startsWith(`${gpu.uuid} `)).length;
  // Parts made or removed between the two commands, or output cut off.
  if (devices.length !== expected)
    throw new Error(`nvidia-smi: parts of ${gpu.uuid} differ between -L and -q`);
  for (const { under } of devices) {
    const mig = textOf(under, "Index") ?? "";
    const known = listed.get(`${gpu.uuid} ${mig}`);
    if (!known) throw new Error(`nvidia-smi: part ${mig} of ${gpu.uuid} is not in -L`);
    const memory = under.find(({ key }) => /^(Shared )?FB Memory Usage$/.test(key))?.under ?? [];
    byInstance.set(instanceOf(under), {
      index: gpu.index,
      uuid: known.uuid,
      mig,
      vendor: gpu.vendor,
      // As CUDA names it.
      name: `${gpu.name} MIG ${known.profile}`,
      driver: gpu.driver,
      ...given("memoryUsedBytes", mebibytes(textOf(memory, "Used"), "Used")),
      ...given("memoryTotalBytes", mebibytes(textOf(memory, "Total"), "Total")),
    });
  }
  return { gpus: [...byInstance.values()], processes: processesOf(gpu, entry, byInstance) };
}

/** Processes stand one behind the other: the two instances, the pid, and under the pid what it uses. */
function processesOf(gpu: Gpu, entry: Entry, parts: ReadonlyMap<string, Gpu>): GpuProcess[] {
  const lines = entry.under.find(({ key }) => key === "Processes")?.under ?? [];
  return lines.flatMap(({ key, value, under }, at) => {
    if (key !== "Process ID" || !/^\d+$/.test(value)) return [];
    const part = parts.get(instanceOf(lines.slice(at - 2, at)));
    const memory = mebibytes(textOf(under, "Used GPU Memory"), "Used GPU Memory");
    return [{ pid: Number(value), gpuUuid: (part ?? gpu).uuid, ...given("memoryBytes", memory) }];
  });
}

function instanceOf(entries: readonly Entry[]): string {
  const numbers = ["gpu instance id", "compute instance id"].map(
    (name) => entries.find(({ key }) => key.toLowerCase() === name)?.value,
  );
  return numbers.join("/");
}

/** By `uuid of the GPU, number of the part`: `  MIG 3g.40gb     Device  0: (UUID: MIG-…)` under `GPU 0: NAME (UUID: GPU-…)`. */
export function parseList(text: string): ReadonlyMap<string, Listed> {
  const found = new Map<string, Listed>();
  let gpu = "";
  for (const line of text.split(/\r?\n/)) {
    gpu = /^GPU \d+: .*\(UUID: (\S+)\)$/.exec(line)?.[1] ?? gpu;
    const [, profile, mig, uuid] = /^\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: (\S+)\)$/.exec(line) ?? [];
    if (profile && mig && uuid) found.set(`${gpu} ${mig}`, { profile, uuid });
  }
  return found;
}

function parseQuery(text: string): Entry[] {
  const top: Entry[] = [];
  const open: { readonly indent: number; readonly under: Entry[] }[] = [{ indent: -1, under: top }];
  for (const line of text.split(/\r?\n/)) {
    const [, blank = "", key = "", value = ""] = /^( *)(\S.*?)(?:\s+: (.*))?$/.exec(line) ?? [];
    if (key === "") continue;
    const entry: Entry = { key, value: value.trim(), under: [] };
    while ((open.at(-1)?.indent ?? -1) >= blank.length) open.pop();
    open.at(-1)?.under.push(entry);
    open.push({ indent: blank.length, under: entry.under });
  }
  return top;
}

function textOf(entries: readonly Entry[], name: string): string | undefined {
  const entry = entries.find(({ key }) => key === name);
  return entry && toldText(entry.value);
}
