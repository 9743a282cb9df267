import { expect, it } from "vitest";
import type { ProcessReading } from "../../src/workloads/process.ts";
import { createTree } from "../../src/workloads/run-tree.ts";

/** `pid parent start own waited`, the start in ticks, both times in seconds. */
function processes(...lines: readonly string[]): ProcessReading[] {
  return lines.map((line) => {
    const [pid = 0, parent = 0, startTicks = 0, cpuSeconds = 0, waitedCpuSeconds = 0] = line
      .split(" ")
      .map(Number);
    return {
      pid,
      parent,
      startTicks,
      startMs: startTicks * 10,
      command: `program ${pid}`,
      cgroup: "/",
      cpuSeconds,
      waitedCpuSeconds,
      memoryBytes: 1,
      threads: 1,
    };
  });
}
const shell = "1 0 1 9 9";

it.each([
  ["the command alone", [["10 5 100 2 0"]], [10], 2],
  [
    "a child of a child, and no stranger",
    [["10 5 100 2 0", "11 10 101 1 0", "12 11 102 3 0", "20 5 103 9 0"]],
    [10, 11, 12],
    6,
  ],
  [
    "a child that was waited for is in its parent's time",
    [["10 5 100 2 0", "11 10 101 4 0"], ["10 5 100 2 5"]],
    [10],
    7,
  ],
  [
    "a grandchild that was waited for, and then its parent, is in the grandparent's",
    [["10 5 100 1 0", "11 10 101 1 0", "12 11 102 4 0"], ["10 5 100 1 6"]],
    [10],
    7,
  ],
  [
    "a zombie is not lost before its parent waits",
    [
      ["10 5 100 2 0", "11 10 101 4 0"],
      ["10 5 100 2 0", "11 10 101 4 0"],
    ],
    [10, 11],
    6,
  ],
  [
    "what was counted stays counted where a parent ignores its children's ends",
    [["10 5 100 2 0", "11 10 101 4 0"], ["10 5 100 3 0"]],
    [10],
    6,
  ],
  [
    "one that was left behind by its parent stays a member",
    [
      ["10 5 100 1 0", "11 10 101 1 0", "12 11 102 1 0"],
      ["10 5 100 1 1", "12 1 102 3 0"],
    ],
    [10, 12],
    5,
  ],
  [
    "and so do its later children",
    [
      ["10 5 100 1 0", "12 10 102 1 0"],
      ["10 5 100 1 0", "12 1 102 1 0"],
      ["10 5 100 1 0", "12 1 102 1 0", "13 12 110 5 0"],
    ],
    [10, 12, 13],
    7,
  ],
  [
    "what it had used stays when it ends, for nobody of the command waited for it",
    [["10 5 100 1 0", "12 10 102 1 0"], ["10 5 100 1 0", "12 1 102 8 0"], ["10 5 100 1 0"]],
    [10],
    9,
  ],
  [
    "a number that is used again is another process",
    [
      ["10 5 100 1 0", "11 10 101 1 0"],
      ["10 5 100 1 1", "11 5 200 50 0"],
    ],
    [10],
    2,
  ],
] as const)("%s", (_, readings, pids, cpuSeconds) => {
  const tree = createTree(10);
  const seen = readings.map((lines) => tree.see(processes(shell, ...lines)));
  expect(seen.at(-1)?.members.map(({ pid }) => pid)).toEqual(pids);
  expect(seen.at(-1)?.cpuSeconds).toBeCloseTo(cpuSeconds, 9);
  const totals = seen.map((one) => one.cpuSeconds);
  expect(totals).toEqual([...totals].sort((one, other) => one - other));
});

it("looks once at processes that are younger than the command and have no parent in it", () => {
  const tree = createTree(10);
  const first = tree.see(processes(shell, "10 5 100 1 0", "20 1 90 1 0", "21 1 150 4 0", "22 5 150 1 0"));
  expect(first.strays.map(({ pid }) => pid)).toEqual([21, 22]);
  const [stray] = first.strays;
  if (stray) tree.adopt(stray);
  const second = tree.see(
    processes(shell, "10 5 100 1 0", "20 1 90 1 0", "21 1 150 4 0", "22 5 150 1 0", "23 21 160 1 0"),
  );
  expect(second.strays).toEqual([]);
  expect(second.members.map(({ pid }) => pid)).toEqual([10, 21, 23]);
  expect(second.cpuSeconds).toBe(6);
  expect(tree.seen()).toBe(3);
});

it.each([
  ["10,000 children that no reading saw are in what was waited for", [["10 5 100 1 0"], []], 30, 30],
  ["the command's own children are in it once", [["10 5 100 1 0", "11 10 101 4 0"], []], 5.5, 5.5],
  [
    "one that ended apart was waited for by others",
    [["10 5 100 1 0", "12 1 102 3 0", "11 10 101 0 0"], []],
    2,
    2,
  ],
  [
    "one left behind, which others waited for",
    [["10 5 100 1 0", "12 10 102 1 0"], ["10 5 100 1 0", "12 1 102 3 0"], []],
    2,
    5,
  ],
  ["one that outlives the command", [["10 5 100 1 0", "12 10 102 1 0"], ["12 1 102 3 0"]], 2, 5],
  ["the readings, where nothing else is known", [["10 5 100 1 0", "11 10 101 4 0"], []], undefined, 5],
] as const)("in the end: %s", (_, readings, waited, total) => {
  const tree = createTree(10);
  for (const lines of readings) tree.see(processes(shell, ...lines));
  expect(tree.total(waited)).toBeCloseTo(total, 9);
});
