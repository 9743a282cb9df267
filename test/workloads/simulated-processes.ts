import type { ProcessReading } from "../../src/workloads/process.ts";
import { reading } from "./workload.ts";

interface Simulated {
  readonly pid: number;
  parent: Simulated | undefined;
  readonly startTicks: number;
  readonly command: string;
  /** Descends from a process that fits the workload. */
  readonly ours: boolean;
  own: number;
  waited: number;
  zombie: boolean;
  /** Ignores SIGCHLD: its children vanish without being waited for. */
  readonly careless: boolean;
  /** Adopts the orphans among its descendants (PR_SET_CHILD_SUBREAPER). */
  readonly adopts: boolean;
}

/** A machine's processes by Linux's rules: who waits, who adopts, where processor time goes. Time is in ticks of 10 ms. */
export interface Simulation {
  /** `choice` picks among the living. */
  fork(choice: number, kind: { readonly careless: boolean; readonly adopts: boolean }): void;
  run(choice: number, ticks: number): void;
  /** With `politely` it ends only without living children, and waits for all that ended. */
  exit(choice: number, politely: boolean): void;
  wait(choice: number): void;
  startRoot(): void;
  /** Parents before children, as they are read; `between` happens after so many. */
  read(after: number, between: () => void): ProcessReading[];
  /** Ticks that processes of the workload ran. */
  truth(): number;
  rootLives(): boolean;
}

const init = 1;
/** Few, so that ids are used anew. */
const pids = Array.from({ length: 20 }, (_, index) => index + 2);

/** Only init and a shell run. */
export function simulate(): Simulation {
  let clock = 10;
  let spent = 0;
  const first = made(init, undefined, "init", false, { careless: false, adopts: true });
  let living: Simulated[] = [first];
  let root: Simulated | undefined;
  const shell = made(2, first, "shell", false, { careless: false, adopts: false });
  living.push(shell);

  function made(
    pid: number,
    parent: Simulated | undefined,
    command: string,
    ours: boolean,
    kind: { careless: boolean; adopts: boolean },
  ): Simulated {
    // No two start at one tick: which of them was first would not be told.
    clock += 1;
    return { pid, parent, startTicks: clock, command, ours, own: 0, waited: 0, zombie: false, ...kind };
  }

  const alive = () => living.filter(({ zombie, pid }) => !zombie && pid !== init);
  const pick = (choice: number) => alive()[choice % Math.max(1, alive().length)];
  const childrenOf = (parent: Simulated) => living.filter((one) => one.parent === parent);

  function spawn(
    parent: Simulated,
    command: string,
    ours: boolean,
    kind: { careless: boolean; adopts: boolean },
  ) {
    const free = pids.filter((pid) => !living.some((one) => one.pid === pid));
    const pid = free[clock % Math.max(1, free.length)];
    if (pid === undefined) return undefined;
    const child = made(pid, parent, command, ours, kind);
    living.push(child);
    return child;
  }

  function reap(child: Simulated, by: Simulated | undefined): void {
    living = living.filter((one) => one !== child);
    if (by) by.waited += child.own + child.waited;
  }

  function adopterOf(process: Simulated): Simulated {
    for (let above = process.parent; above; above = above.parent) {
      if (above.adopts && !above.zombie && living.includes(above)) return above;
    }
    return first;
  }

  function end(process: Simulated): void {
    const adopter = adopterOf(process);
    process.zombie = true;
    for (const child of childrenOf(process)) {
      child.parent = adopter;
      if (child.zombie && (adopter === first || adopter.careless))
        reap(child, adopter.careless ? undefined : first);
    }
    // init waits for everyone at once.
    if (process.parent === first) reap(process, first);
    else if (process.parent?.careless) reap(process, undefined);
  }

  function waitAll(process: Simulated): void {
    for (const child of childrenOf(process)) if (child.zombie) reap(child, process);
  }

  return {
    fork(choice, kind) {
      const parent = pick(choice);
      if (parent) spawn(parent, parent.ours ? "child" : "other", parent.ours, kind);
    },
    run(choice, ticks) {
      const process = pick(choice);
      if (!process) return;
      process.own += ticks;
      if (process.ours) spent += ticks;
    },
    exit(choice, politely) {
      const process = pick(choice);
      if (!process || process === shell) return;
      if (politely && childrenOf(process).some(({ zombie }) => !zombie)) return;
      if (politely) waitAll(process);
      end(process);
    },
    wait(choice) {
      const process = pick(choice);
      if (process) waitAll(process);
    },
    startRoot() {
      if (root && living.includes(root)) return;
      root = spawn(shell, "root", true, { careless: false, adopts: false });
    },
    read(after, between) {
      // Ids are listed first: whoever has one when its turn comes is read.
      const order = living.toSorted((a, b) => a.startTicks - b.startTicks).map(({ pid }) => pid);
      const readings: ProcessReading[] = [];
      for (const [index, pid] of order.entries()) {
        if (index === after) between();
        const process = living.find((one) => one.pid === pid);
        if (process) readings.push(shown(process));
      }
      return readings;
    },
    truth: () => spent,
    rootLives: () => root !== undefined && living.includes(root) && !root.zombie,
  };
}

function shown(process: Simulated): ProcessReading {
  const { pid, startTicks, command, own, waited } = process;
  return reading(pid, {
    parent: process.parent?.pid ?? 0,
    startTicks,
    command,
    cpuSeconds: own / 100,
    waitedCpuSeconds: waited / 100,
    ...(process.zombie ? { zombie: true as const } : {}),
  });
}
