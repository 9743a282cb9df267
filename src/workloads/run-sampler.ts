import type { GpuSnapshot } from "../host/gpus/gpu.ts";
import type { Places } from "../host/reading.ts";
import type { ProcessReading } from "./process.ts";
import { isOfRun } from "./run-environment.ts";
import { startGpus } from "./run-gpu-sampler.ts";
import type { gpuSize } from "./run-gpus.ts";
import { inTime } from "./run-in-time.ts";
import { createTreeMemory, type TreeMemory } from "./run-memory.ts";
import type { MemoryKills } from "./run-memory-kills.ts";
import { createRunProcesses } from "./run-processes.ts";
import type { RunReport } from "./run-report.ts";
import { createTree, type TreeReading } from "./run-tree.ts";
import { createUse } from "./run-use.ts";
import { waitedCpuSeconds } from "./run-waited.ts";
import type { WorkloadUsage } from "./usage.ts";

export interface SamplerOptions {
  readonly places: Places;
  /** The command's process. */
  readonly pid: number;
  /** The run's id, in the environment of its processes. */
  readonly run: string;
  readonly intervalMs: number;
  /** waitedCpuSeconds of this program before the command started. */
  readonly waitedBefore: number | undefined;
  readonly memoryKills: MemoryKills;
  /** Inside a container the driver cannot say whose a GPU is. */
  readonly wholeGpus: boolean;
  /** Undefined: there are none. */
  readGpus(signal: AbortSignal): Promise<GpuSnapshot | undefined>;
  /** Milliseconds since 1970. */
  now(): number;
  /** Milliseconds of a clock that never goes back. */
  clock(): number;
  onReading(usage: WorkloadUsage): void;
  onFault(error: unknown): void;
}

/** What was measured of a command that ended. */
export interface Measured extends Pick<RunReport, "processes" | "samples" | "used"> {
  /** Absent where processes cannot be read. */
  readonly cpuSeconds?: number;
  readonly gpuSize: ReturnType<typeof gpuSize>;
  readonly memoryKills?: number;
  /** How long the work takes with so many processors. */
  durationWithin(cores: number): number | undefined;
}

export interface Sampler {
  /** To be called in the handler of the command's end, before anything else is awaited. */
  ended(): void;
  /** Reads a last time, for what outlives the command, and adds up. */
  finish(): Promise<Measured>;
}

/** A short command ends before the first interval: readings begin so soon and the time between them doubles. */
const firstMs = 50;
/** Reading may take a twentieth of a processor: the pause after it is so many times what it took of one. */
const pauses = 19;
/** Shorter slices of processor time are noise: /proc counts in steps of 10 ms. */
const leastSliceMs = 250;

/** Reads the command's processes and GPUs again and again until it ended. */
export function startSampler(options: SamplerOptions): Sampler {
  const { places, clock, memoryKills } = options;
  const tree = createTree(options.pid);
  const processes = createRunProcesses(places.proc);
  const readMemory = createTreeMemory(places.proc, clock);
  const startedAt = clock();
  const cpu = createUse(leastSliceMs);
  const memory = createUse(0);
  let memoryPeak = 0;
  let samples = 0;
  let lastCpuSeconds = 0;
  let lastAt = startedAt;
  let waited: number | undefined;
  let endedAt: number | undefined;
  let timer: NodeJS.Timeout | undefined;
  let reading: Promise<void> = Promise.resolve();
  let wait = Math.min(firstMs, options.intervalMs);
  const gpus = startGpus(options, () => endedAt !== undefined);

  async function read(): Promise<void> {
    const before = process.cpuUsage();
    try {
      const at = clock();
      await take(await readTree(), at);
    } catch (error) {
      options.onFault(error);
    }
    if (endedAt !== undefined) return;
    wait = Math.min(2 * wait, options.intervalMs);
    const { user, system } = process.cpuUsage(before);
    const pause = Math.max(wait, (pauses * (user + system)) / 1000);
    timer = setTimeout(() => (reading = read()), pause);
  }

  async function readTree(): Promise<TreeReading> {
    const all = processes.read();
    const reading = tree.see(all);
    const own = new Set(reading.members);
    for (const stray of reading.strays) {
      if (!(await isOfRun(places.proc, stray, options.run))) continue;
      tree.adopt(stray);
      own.add(stray);
    }
    if (own.size > reading.members.length) processes.reconsider();
    else processes.ignore(all.filter((one) => !own.has(one)));
    return reading;
  }

  async function take({ cpuSeconds, members: found }: TreeReading, at: number): Promise<void> {
    const members = processes.look(found.filter(({ zombie }) => zombie !== true));
    await memoryKills.watch(members);
    const held = await readMemory(members);
    // After its end what is left are processes in the background: they were not its use.
    if (endedAt !== undefined || members.length === 0) return;
    samples++;
    const cores = (cpuSeconds - lastCpuSeconds) / ((at - lastAt) / 1000);
    cpu.add(cores, at - lastAt);
    if (held.bytes !== undefined) memory.add(held.bytes, at - lastAt);
    memoryPeak = Math.max(memoryPeak, held.peakBytes);
    lastCpuSeconds = cpuSeconds;
    lastAt = at;
    gpus.of(new Set(members.map(({ pid }) => pid)));
    options.onReading(usage(members, { cpuSeconds, cores, ...held }));
  }

  function usage(
    members: readonly ProcessReading[],
    { cpuSeconds, cores, bytes }: TreeMemory & Readonly<Record<"cpuSeconds" | "cores", number>>,
  ): WorkloadUsage {
    const openFiles = members.map((member) => member.openFiles ?? Number.NaN).reduce(add, 0);
    const latest = gpus.latest();
    return {
      atMs: options.now(),
      processes: members.length,
      threads: members.map(({ threads }) => threads).reduce(add, 0),
      ...(Number.isNaN(openFiles) ? {} : { openFiles }),
      ...(bytes === undefined ? {} : { memoryBytes: bytes }),
      cpuSeconds,
      cpuCores: cores,
      ...(latest && { gpus: latest.gpus }),
      ...(latest?.atWork === undefined ? {} : { gpusAtWork: latest.atWork }),
      ...(latest?.memoryBytes === undefined ? {} : { gpuMemoryBytes: latest.memoryBytes }),
      signals: {},
      restarts: 0,
      startMs: Math.min(...members.map(({ startMs }) => startMs)),
    };
  }

  timer = setTimeout(() => (reading = read()), wait);
  return {
    ended() {
      endedAt = clock();
      waited = waitedCpuSeconds(places.self);
      clearTimeout(timer);
    },
    async finish() {
      endedAt ??= clock();
      clearTimeout(timer);
      await inTime(reading);
      await gpus.stop();
      const readable = waited !== undefined;
      await inTime(readTree().catch(options.onFault));
      const cpuSeconds = tree.total(
        waited === undefined ? undefined : waited - (options.waitedBefore ?? 0) - gpus.cpuSeconds(),
      );
      const restMs = Math.max(0, endedAt - lastAt);
      if (readable && restMs > 0) cpu.add(((cpuSeconds - lastCpuSeconds) / restMs) * 1000, restMs);
      const kills = await memoryKills.count();
      const [cpuUse, memoryUse] = [readable ? cpu.summary() : undefined, memory.summary()];
      return {
        ...(readable ? { cpuSeconds } : {}),
        processes: Math.max(1, tree.seen()),
        samples,
        used: {
          ...(cpuUse && { cpu: cpuUse }),
          ...(memoryUse && { memory: { ...memoryUse, max: Math.max(memoryUse.max, memoryPeak) } }),
          ...gpus.used(),
        },
        gpuSize: gpus.size(),
        ...(kills === undefined ? {} : { memoryKills: kills }),
        durationWithin: (cores) => (cpuUse ? cpu.durationWithin(cores) : undefined),
      };
    },
  };
}

const add = (one: number, other: number) => one + other;
