import { type Gpu, type GpuProcess, given } from "./gpu.ts";

/**
 * What `nvidia-smi --query-gpu` is asked for. `name` is last: it is the one text that may hold a comma, and nvidia-smi quotes nothing.
 * `power.draw` is the mean of a second on Ampere and later, the moment's on older ones.
 */
export const gpuFields = [
  "index",
  "uuid",
  "driver_version",
  "mig.mode.current",
  "utilization.gpu",
  "memory.used",
  "memory.total",
  "temperature.gpu",
  "power.draw",
  "name",
] as const;

/** One of them. */
export type GpuField = (typeof gpuFields)[number];

/** What `nvidia-smi --query-compute-apps` is asked for. */
export const processFields = ["gpu_uuid", "pid", "used_gpu_memory"] as const;

/** A GPU as the table has it. */
export interface GpuRow {
  readonly gpu: Gpu;
  /** Whether it is split into parts. */
  readonly split: boolean;
}

/** The GPUs in the table of those fields; a table that is cut off or has other columns is no answer at all. */
export function parseGpus(text: string, fields: readonly GpuField[]): GpuRow[] {
  const rows = parseTable(text, fields);
  // Where there is none it says so instead.
  if (rows.length === 0) throw new Error("nvidia-smi: a table with no GPU");
  return rows.map((row): GpuRow => {
    const told = (field: GpuField) => toldText(row[fields.indexOf(field)] ?? "[N/A]");
    const amount = (field: GpuField, unit: string) => parseAmount(told(field), unit, field);
    const index = told("index");
    const uuid = told("uuid");
    if (index === undefined || uuid === undefined) throw new Error("a GPU without index or uuid");
    const gpu = {
      index,
      uuid,
      mig: "",
      vendor: "nvidia",
      name: told("name") ?? "",
      driver: told("driver_version") ?? "",
      ...given("utilization", amount("utilization.gpu", " %"), 100),
      ...given("memoryUsedBytes", mebibytes(told("memory.used"), "memory.used")),
      ...given("memoryTotalBytes", mebibytes(told("memory.total"), "memory.total")),
      ...given("celsius", amount("temperature.gpu", "")),
      ...given("watts", amount("power.draw", " W")),
    } as const;
    return { gpu, split: told("mig.mode.current") === "Enabled" };
  });
}

/** The processes in the table; a row without a pid stands for "not supported" and names none. */
export function parseProcesses(text: string): GpuProcess[] {
  return parseTable(text, processFields).flatMap(([gpuUuid = "", pid = "", memory = ""]) => {
    const number = parseAmount(toldText(pid), "", "pid");
    if (number === undefined) return [];
    const bytes = mebibytes(toldText(memory), "used_gpu_memory");
    return [{ pid: number, gpuUuid, ...given("memoryBytes", bytes) }];
  });
}

/** Lines of a table without its header; the last column takes what is left of its line. */
function parseTable(text: string, columns: readonly string[]): string[][] {
  // Every complete line ends with a line break; what does not was cut off.
  if (!text.endsWith("\n")) throw new Error(`nvidia-smi: output cut off: "${firstLine(text)}"`);
  const [header = "", ...rows] = text.split(/\r?\n/).filter((line) => line !== "");
  const titles = header.split(", ");
  if (titles.length !== columns.length || titles[0] !== columns[0]) {
    throw new Error(`nvidia-smi: not the table that was asked for: "${firstLine(text)}"`);
  }
  return rows.map((row) => {
    const cells = row.split(", ");
    if (cells.length < columns.length) throw new Error(`nvidia-smi: output cut off: "${row}"`);
    return [...cells.slice(0, columns.length - 1), cells.slice(columns.length - 1).join(", ")];
  });
}

/**
 * undefined for every way to say that there is no such figure: `N/A`, `[N/A]`, `[Not Supported]`, `[Insufficient Permissions]`,
 * `[Unknown Error]`, `[GPU requires reset]`, `ERR!`. 0 is a figure.
 */
export const toldText = (text: string): string | undefined =>
  /^(\[.*\]|N\/A|ERR!|)$/.test(text) ? undefined : text;

/** The number before the unit; an error when it is in another unit or no number. */
function parseAmount(text: string | undefined, unit: string, field: string): number | undefined {
  if (text === undefined) return undefined;
  const number = text.endsWith(unit) ? text.slice(0, text.length - unit.length) : "";
  if (!/^-?\d+(\.\d+)?$/.test(number)) throw new Error(`nvidia-smi: ${field}: unexpected "${text}"`);
  return Number(number);
}

/** Bytes of a figure that nvidia-smi gives in MiB. */
export function mebibytes(text: string | undefined, field: string): number | undefined {
  const amount = parseAmount(text, " MiB", field);
  return amount === undefined ? undefined : amount * 2 ** 20;
}

/** The first line that says something. */
export const firstLine = (text: string): string => (/\S.*/.exec(text)?.[0] ?? "").trim().slice(0, 200);
