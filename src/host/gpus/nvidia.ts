import { runCommand } from "./command.ts";
import type { Gpu, GpuCollector, GpuProcess, GpuSnapshot } from "./gpu.ts";
import {
  firstLine,
  type GpuField,
  gpuFields,
  parseGpus,
  parseProcesses,
  processFields,
} from "./nvidia-csv.ts";
import { parseParts } from "./nvidia-mig.ts";

/** Not there under this name is no fault: most machines have no GPU. Another name was written down for this machine. */
const usualCommand = "nvidia-smi";

/**
 * NVIDIA's GPUs by nvidia-smi. systeminformation's `graphics()` is not used for them: it starts nvidia-smi with execFileSync and without
 * a time limit, so that a wedged driver stops this whole program; it drops every figure that is 0, so that an idle GPU has no utilisation;
 * it sees no GPU where `lspci` is missing; and it has no uuid, no parts and no processes.
 */
export function openNvidia(): GpuCollector {
  const unknownFields = new Set<string>();

  async function readGpus(command: string, ask: Ask): Promise<ReturnType<typeof parseGpus> | undefined> {
    const fields = gpuFields.filter((field) => !unknownFields.has(field));
    const { code, text, errorText } = await ask([`--query-gpu=${fields.join(",")}`, "--format=csv"]);
    if (/^No devices were found/m.test(text + errorText)) return undefined;
    const unknown = /^Field "([^"]+)" is not a valid field to query/m.exec(text + errorText)?.[1];
    if (code !== 0 && isOptional(unknown) && !unknownFields.has(unknown)) {
      // An older driver: its other figures are as good as a newer one's.
      unknownFields.add(unknown);
      return readGpus(command, ask);
    }
    if (code !== 0) throw failed(command, code, text + errorText);
    return parseGpus(text, fields);
  }

  return {
    vendor: "nvidia",
    async collect({ nvidiaSmi, signal }) {
      if (nvidiaSmi === undefined) return undefined;
      const ask: Ask = (args) => runCommand(nvidiaSmi, args, signal);
      try {
        const rows = await readGpus(nvidiaSmi, ask);
        return rows && (await withProcesses(rows, succeeding(nvidiaSmi, ask)));
      } catch (error) {
        if (nvidiaSmi === usualCommand && isMissing(error)) return undefined;
        throw error;
      }
    },
  };
}

type Ask = (args: readonly string[]) => ReturnType<typeof runCommand>;

async function withProcesses(
  rows: ReturnType<typeof parseGpus>,
  ask: (args: readonly string[]) => Promise<string>,
): Promise<GpuSnapshot> {
  const gpus: Gpu[] = rows.map(({ gpu }) => gpu);
  const split = rows.flatMap((row) => (row.split ? [row.gpu] : []));
  const processes: GpuProcess[] = parseProcesses(
    await ask([`--query-compute-apps=${processFields.join(",")}`, "--format=csv"]),
  );
  if (split.length === 0) return { gpus, processes };
  const parts = parseParts(await ask(["-L"]), await ask(["-q"]), split);
  const inParts = new Set(split.map(({ uuid }) => uuid));
  return {
    gpus: [...gpus, ...parts.gpus],
    // Of a GPU that is split `-q` tells which part they are in.
    processes: [...processes.filter(({ gpuUuid }) => !inParts.has(gpuUuid)), ...parts.processes],
  };
}

const succeeding = (command: string, ask: Ask) => async (args: readonly string[]) => {
  const { code, text, errorText } = await ask(args);
  if (code !== 0) throw failed(command, code, text + errorText);
  if (!text.endsWith("\n")) throw new Error(`${command} ${args[0]}: output cut off`);
  return text;
};

/** Exit 9 without a driver, 15 when a GPU is lost; why, it prints to stdout. */
const failed = (command: string, code: number, said: string) =>
  new Error(`${command}: exit ${code}: ${firstLine(said)}`);

const isOptional = (field: string | undefined): field is GpuField =>
  gpuFields.some((known) => known === field && known !== "index" && known !== "uuid" && known !== "name");

const isMissing = (error: unknown) => error instanceof Error && "code" in error && error.code === "ENOENT";
