import { expect, it } from "vitest";
import { createLog, type LogFormat, type LogLevel } from "../src/log.ts";

function logged(level: LogLevel, format: LogFormat, write: (log: ReturnType<typeof createLog>) => void) {
  const lines: string[] = [];
  write(createLog({ level, format, write: (line) => lines.push(line), now: () => 1_700_000_000_000 }));
  return lines;
}

it("writes logfmt, quoting where a reader would stumble", () => {
  const fields = {
    model: "fuel",
    rows: 3,
    path: "a b",
    text: 'say "x"\n',
    empty: "",
    none: undefined,
    "odd key": 1,
  };
  expect(logged("info", "logfmt", (log) => log.info("model evaluated", fields))).toEqual([
    'ts=2023-11-14T22:13:20.000Z level=info msg="model evaluated" model=fuel rows=3 path="a b" text="say \\"x\\"\\n" empty="" odd_key=1',
  ]);
});

it("writes JSON, an error by its message", () => {
  expect(logged("info", "json", (log) => log.error("failed", { error: new Error("no rows"), n: 1 }))).toEqual(
    ['{"ts":"2023-11-14T22:13:20.000Z","level":"error","msg":"failed","error":"no rows","n":1}'],
  );
});

it("keeps its own keys", () => {
  expect(logged("info", "logfmt", (log) => log.info("x", { level: "fake", msg: "fake" }))).toEqual([
    "ts=2023-11-14T22:13:20.000Z level=info msg=x",
  ]);
});

it.each([
  ["debug", 4],
  ["info", 3],
  ["warn", 2],
  ["error", 1],
] as const)("level %s lets %i of four lines through", (level, count) => {
  const lines = logged(level, "logfmt", (log) => {
    for (const one of ["debug", "info", "warn", "error"] as const) log[one](one);
  });
  expect(lines).toHaveLength(count);
});
