import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createTracker } from "../../src/workloads/tracking.ts";
import { type Simulation, simulate } from "./simulated-processes.ts";
import { workload } from "./workload.ts";

const choice = fc.nat(100);
const kind = fc.record({ careless: fc.boolean(), adopts: fc.boolean() });
const polite = { careless: false, adopts: false };

type Step =
  | { readonly does: "run"; readonly who: number; readonly ticks: number }
  | { readonly does: "fork"; readonly who: number; readonly kind: typeof polite }
  | { readonly does: "exit"; readonly who: number; readonly politely: boolean }
  | { readonly does: "wait"; readonly who: number }
  | { readonly does: "start" };
const run = fc.record({
  does: fc.constant("run" as const),
  who: choice,
  ticks: fc.integer({ min: 1, max: 500 }),
});
const fork = (of: fc.Arbitrary<typeof polite>) =>
  fc.record({ does: fc.constant("fork" as const), who: choice, kind: of });
const exit = (politely: boolean) =>
  fc.record({ does: fc.constant("exit" as const), who: choice, politely: fc.constant(politely) });
const wait = fc.record({ does: fc.constant("wait" as const), who: choice });
const start = fc.constant<Step>({ does: "start" });

function happen(simulation: Simulation, all: readonly Step[]): void {
  for (const step of all) {
    if (step.does === "run") simulation.run(step.who, step.ticks);
    else if (step.does === "fork") simulation.fork(step.who, step.kind);
    else if (step.does === "exit") simulation.exit(step.who, step.politely);
    else if (step.does === "wait") simulation.wait(step.who);
    else simulation.startRoot();
  }
}
const steps = (step: fc.Arbitrary<Step>) =>
  fc.array(
    // What happens, and then a reading into which so many processes something happens, too.
    fc.record({
      before: fc.array(step, { maxLength: 12 }),
      after: fc.nat(8),
      between: fc.array(step, { maxLength: 4 }),
    }),
    { minLength: 2, maxLength: 15 },
  );
const anything = fc.oneof(run, run, fork(kind), fork(kind), wait, exit(true), exit(false), start);
const orderly = fc.oneof(run, run, fork(fc.constant(polite)), wait, exit(true));
const config = workload("w", { match: { command: "^root$" } });

describe("processor time of whatever processes do", () => {
  it("never decreases, holds all that was seen, and never more than was spent", () => {
    fc.assert(
      fc.property(steps(anything), (rounds) => {
        const simulation = simulate();
        const tracker = createTracker([config]);
        const seen = new Map<string, number>();
        let last = 0;
        tracker.track({ atMs: 0, processes: simulation.read(0, () => undefined), gpus: undefined });
        simulation.startRoot();
        for (const [index, { before, after, between }] of rounds.entries()) {
          happen(simulation, before);
          const processes = simulation.read(after, () => happen(simulation, between));
          for (const { pid, startTicks, cpuSeconds } of tracker.members(processes).get("w") ?? [])
            seen.set(`${pid} ${startTicks}`, cpuSeconds);
          const usage = tracker.track({ atMs: (index + 1) * 15_000, processes, gpus: undefined }).get("w");
          const total = usage?.cpuSeconds ?? Number.NaN;
          expect(total).toBeGreaterThanOrEqual(last);
          expect(total).toBeLessThanOrEqual(simulation.truth() / 100 + 1e-9);
          expect(total).toBeGreaterThanOrEqual([...seen.values()].reduce((sum, own) => sum + own, 0) - 1e-9);
          last = total;
        }
      }),
      { numRuns: 2_000 },
    );
  });

  it("is exact where everyone waits for its children, though most of them were never seen", () => {
    let compared = 0;
    fc.assert(
      fc.property(steps(orderly), (rounds) => {
        const simulation = simulate();
        const tracker = createTracker([config]);
        tracker.track({ atMs: 0, processes: simulation.read(0, () => undefined), gpus: undefined });
        simulation.startRoot();
        for (const [index, { before }] of rounds.entries()) {
          happen(simulation, before);
          const processes = simulation.read(0, () => undefined);
          const usage = tracker.track({ atMs: (index + 1) * 15_000, processes, gpus: undefined }).get("w");
          // What the root did between its last reading and its end is nobody's.
          if (!simulation.rootLives()) return;
          compared += 1;
          expect(usage?.cpuSeconds).toBeCloseTo(simulation.truth() / 100, 9);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(compared).toBeGreaterThan(1_000);
  });

  it("is counted in one workload where two hold parts of one tree", () => {
    const configs = [config, workload("children", { match: { command: "^child$" } })];
    fc.assert(
      fc.property(steps(anything), (rounds) => {
        const simulation = simulate();
        const tracker = createTracker(configs);
        let last = new Map<string, number>();
        tracker.track({ atMs: 0, processes: simulation.read(0, () => undefined), gpus: undefined });
        simulation.startRoot();
        for (const [index, { before, after, between }] of rounds.entries()) {
          happen(simulation, before);
          const processes = simulation.read(after, () => happen(simulation, between));
          const usages = tracker.track({ atMs: (index + 1) * 15_000, processes, gpus: undefined });
          const totals = new Map([...usages].map(([name, { cpuSeconds }]) => [name, cpuSeconds]));
          for (const [name, total] of totals) expect(total).toBeGreaterThanOrEqual(last.get(name) ?? 0);
          const sum = [...totals.values()].reduce((all, total) => all + total, 0);
          expect(sum).toBeLessThanOrEqual(simulation.truth() / 100 + 1e-9);
          last = totals;
        }
      }),
      { numRuns: 1_000 },
    );
  });
});
