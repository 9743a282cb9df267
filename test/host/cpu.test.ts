import { describe, expect, it } from "vitest";
import { cpuFound, parseStat } from "../../src/host/cpu.ts";
import { sampleValue } from "./recorded.ts";

/** Recorded on Linux 6.1 with two processors; lines after the processors' shortened. */
const stat = `cpu  9038 0 4614 803956 678 0 125 138 0 0
cpu0 3144 0 2029 403798 132 0 18 69 0 0
cpu1 5894 0 2584 400158 545 0 107 68 0 0
intr 344647 0 0 0
ctxt 906288
`;
const later = (total: string) => parseStat(stat.replace(/^cpu .*$/m, total));

it("ticks of a hundredth of a second by mode, and the number of processors", () => {
  expect(parseStat(stat)).toEqual({
    cpus: 2,
    seconds: {
      user: 90.38,
      nice: 0,
      system: 46.14,
      idle: 8039.56,
      iowait: 6.78,
      irq: 0,
      softirq: 1.25,
      steal: 1.38,
    },
  });
});

it("the first reading has counters and no utilisation", () => {
  const { samples } = cpuFound(parseStat(stat), undefined);
  expect(samples).toHaveLength(9);
  expect(sampleValue(samples, "ml_host_cpu_utilization_ratio")).toBeUndefined();
});

it.each([
  // 100 ticks more: 30 user, 60 idle, 10 iowait.
  ["busy 30 of 100", "cpu  9068 0 4614 804016 688 0 125 138 0 0", 0.3],
  ["all busy", "cpu  9138 0 4614 803956 678 0 125 138 0 0", 1],
  ["iowait that went back counts as nothing", "cpu  9038 0 4614 804056 600 0 125 138 0 0", 0],
  ["no time between", "cpu  9038 0 4614 803956 678 0 125 138 0 0", undefined],
  ["all began anew", "cpu  10 0 10 100 0 0 0 0 0 0", undefined],
])("utilisation: %s", (_name, total, expected) => {
  const { samples } = cpuFound(later(total), parseStat(stat));
  const actual = sampleValue(samples, "ml_host_cpu_utilization_ratio");
  if (expected === undefined) expect(actual).toBeUndefined();
  else expect(actual).toBeCloseTo(expected, 12);
});

describe("a counter never goes back", () => {
  // node_exporter's rule (collector/cpu_linux.go): a fall of idle by more than 3 s is a new start of all, any other is held.
  it.each([
    ["iowait by a tick", "cpu  9038 0 4614 803956 677 0 125 138 0 0", "iowait", 6.78],
    ["idle by less than 3 s", "cpu  9138 0 4614 803700 678 0 125 138 0 0", "idle", 8039.56],
    ["idle by more", "cpu  9138 0 4614 803600 678 0 125 138 0 0", "idle", 8036],
    ["all, since they began anew", "cpu  10 0 10 100 0 0 0 0 0 0", "user", 0.1],
  ])("%s", (_name, total, mode, expected) => {
    const { samples, state } = cpuFound(later(total), parseStat(stat));
    expect(sampleValue(samples, "ml_host_cpu_seconds_total", { mode })).toBe(expected);
    expect(state.cpu.seconds[mode]).toBe(expected);
  });
});

it.each(["", "intr 1 2 3\n", "cpu  1 2 3\ncpu0 1 2 3\n"])(
  "text without processor times is refused: %j",
  (text) => {
    expect(() => parseStat(text)).toThrow("/proc/stat: no processor times");
  },
);
