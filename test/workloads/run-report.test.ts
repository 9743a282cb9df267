import { describe, expect, it } from "vitest";
import { UserError } from "../../src/errors.ts";
import { type RunReport, readReport } from "../../src/workloads/run-report.ts";
import { exampleReport } from "./example-report.ts";

const nowMs = Date.UTC(2026, 0, 5);
const report = exampleReport({ startMs: nowMs - 60_000, endMs: nowMs });

it("takes a report as it is", () => {
  expect(readReport(JSON.parse(JSON.stringify(report)), nowMs)).toEqual(report);
});

it("takes one with nothing measured", () => {
  const { cpuSeconds: _, cost: __, recommendedMs: ___, memoryKills: ____, ...least } = report;
  const empty: RunReport = {
    ...least,
    used: {},
    provisioned: {},
    recommended: {},
    exitCode: null,
    signal: "SIGKILL",
  };
  expect(readReport(JSON.parse(JSON.stringify(empty)), nowMs)).toEqual(empty);
});

it("leaves out what it does not know", () => {
  const more = { ...report, secret: "x", used: { ...report.used, disk: { mean: 1, p95: 1, max: 1 } } };
  expect(readReport(JSON.parse(JSON.stringify(more)), nowMs)).toEqual(report);
  const polluting = JSON.parse(`{"__proto__": {"run": "${report.run}"}}`);
  expect(() => readReport(polluting, nowMs)).toThrow("run: missing; expected a UUID");
});

describe("refuses in one line", () => {
  it.each([
    [{ run: "1" }, 'run: "1" is not allowed; expected a UUID'],
    [{ workload: "" }, 'workload: "" is not allowed; expected text of 1 to 256 letters'],
    [{ workload: 7 }, "workload: 7 is not allowed; expected text of 1 to 256 letters"],
    [{ phase: "test" }, 'phase: "test" is not allowed; expected training or serving'],
    [
      { startMs: -1 },
      "startMs: -1 is not allowed; expected milliseconds since 1970, at most a day ahead of this machine's clock",
    ],
    [
      { endMs: nowMs + 25 * 3_600_000 },
      `endMs: ${nowMs + 25 * 3_600_000} is not allowed; expected milliseconds since 1970, at most a day ahead of this machine's clock`,
    ],
    [{ endMs: nowMs - 60_001 }, "endMs: before startMs; expected a moment at or after it"],
    [{ exitCode: 1.5 }, "exitCode: 1.5 is not allowed; expected a whole number, or null"],
    [{ exitCode: null }, "exitCode and signal: expected one of the two, and null for the other"],
    [{ signal: "kill" }, 'signal: "kill" is not allowed; expected a signal\'s name such as SIGKILL, or null'],
    [{ cpuSeconds: -1 }, "cpuSeconds: -1 is not allowed; expected a number, at least 0"],
    [{ cpuSeconds: null }, "cpuSeconds: null is not allowed; expected a number, at least 0"],
    [{ samples: "3" }, 'samples: "3" is not allowed; expected a number, at least 0'],
    [{ used: [] }, "used: not an object; expected the JSON that ml-exporter run --output writes"],
    [{ used: { cpu: { mean: 1, p95: 1 } } }, "used.cpu.max: missing; expected a number, at least 0"],
    [
      { provisioned: { memory: "1GiB" } },
      'provisioned.memory: "1GiB" is not allowed; expected a number, at least 0',
    ],
    [
      { cost: { currency: "euro", amount: 1 } },
      'cost.currency: "euro" is not allowed; expected three letters such as USD',
    ],
    [
      { model: "x".repeat(257) },
      `model: "${"x".repeat(59)} is not allowed; expected text of 0 to 256 letters`,
    ],
  ])("%j", (wrong, message) => {
    expect(() => readReport({ ...report, ...wrong }, nowMs)).toThrow(new UserError(message));
  });

  it.each([[null], [[]], ["text"], [7]])("%j", (body) => {
    expect(() => readReport(body, nowMs)).toThrow(
      new UserError("the report: not an object; expected the JSON that ml-exporter run --output writes"),
    );
  });
});
