import { connect } from "node:net";
import request from "supertest";
import { afterEach, describe, expect, it } from "vitest";
import { createAcceptRun } from "../../src/commands/accept-run.ts";
import { parseConfig } from "../../src/config/load.ts";
import type { AcceptRun } from "../../src/exporter/runs.ts";
import { type Server, startServer } from "../../src/exporter/server.ts";
import { openReports } from "../../src/workloads/reports.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { exampleReport } from "../workloads/example-report.ts";

const started: Server[] = [];
const faults: unknown[] = [];
afterEach(async () => {
  for (const server of started.splice(0)) await server.stop();
  faults.length = 0;
});

async function start(runs?: () => AcceptRun | undefined): Promise<string> {
  const server = await startServer({
    listen: "127.0.0.1:0",
    telemetryPath: "/metrics",
    maxRequests: 40,
    lifecycle: false,
    render: async () => Buffer.from("x\n"),
    page: () => "",
    reload: async () => {},
    ready: () => true,
    ...(runs && { runs }),
    onFault: (error) => faults.push(error),
  });
  started.push(server);
  return `http://127.0.0.1:${server.port}`;
}

const nowMs = 1_767_571_200_000;
const { workloads } = parseConfig(
  "workloads:\n  - { name: fuel, phase: training }\n  - { name: a/b c, phase: serving }\n",
  { file: "ml-exporter.yml", folder: "/", environment: {} },
);

/** An exporter's route with its real store. */
async function startStored(folder: { readonly path: string }) {
  const reports = await openReports(folder.path);
  let added = 0;
  const accept = createAcceptRun({
    reports,
    workloads: () => workloads,
    now: () => nowMs,
    onAdded: async () => void added++,
  });
  return { url: await start(() => accept), reports, added: () => added };
}

it("keeps a run once", async () => {
  using folder = temporaryFolder();
  const { url, reports, added } = await startStored(folder);
  const post = () => request(url).post("/v1/workloads/fuel/runs").send(exampleReport());
  expect((await post()).status).toBe(201);
  expect((await post()).status).toBe(200);
  expect(added()).toBe(1);
  expect(reports.of("fuel")?.last).toEqual(exampleReport());
  const other = exampleReport({ workload: "a/b c" });
  expect((await request(url).post("/v1/workloads/a%2Fb%20c/runs").send(other)).status).toBe(201);
  expect(reports.of("a/b c")?.last).toEqual(other);
});

describe("refuses", () => {
  it.each([
    [
      "an unknown workload",
      "/v1/workloads/nobody/runs",
      JSON.stringify(exampleReport({ workload: "nobody" })),
      404,
      "unknown_workload",
      'no workload "nobody" is configured; expected one of fuel, a/b c',
    ],
    ["what is no JSON", "/v1/workloads/fuel/runs", "{", 400, "not_json", "the body is not JSON in UTF-8"],
    ["nothing", "/v1/workloads/fuel/runs", "", 400, "not_json", "the body is not JSON in UTF-8"],
    [
      "what is no report",
      "/v1/workloads/fuel/runs",
      '{"run":"x"}',
      400,
      "bad_report",
      'run: "x" is not allowed; expected a UUID',
    ],
    [
      "a report of another workload",
      "/v1/workloads/fuel/runs",
      JSON.stringify(exampleReport({ workload: "other" })),
      400,
      "bad_report",
      'workload: "other" is not that of the address',
    ],
    [
      "more than a megabyte",
      "/v1/workloads/fuel/runs",
      JSON.stringify("x".repeat(1_000_000)),
      413,
      "too_large",
      "expected at most 1000000 bytes",
    ],
  ])("%s", async (_, path, body, status, code, message) => {
    using folder = temporaryFolder();
    const { url, reports, added } = await startStored(folder);
    const answer = await request(url)
      .post(path)
      .set("Content-Type", "application/json; charset=utf-8")
      .send(body);
    expect([answer.status, answer.body]).toEqual([status, { error: { code, message } }]);
    expect(reports.of("fuel")).toBeUndefined();
    expect(added()).toBe(0);
    expect(faults).toEqual([]);
  });

  it.each([
    "text/plain",
    "application/x-www-form-urlencoded",
    "multipart/form-data; boundary=x",
    "application/jsonx",
  ])("what a page of another site could send without asking: %s", async (type) => {
    using folder = temporaryFolder();
    const { url, reports } = await startStored(folder);
    const answer = await request(url)
      .post("/v1/workloads/fuel/runs")
      .set("Content-Type", type)
      .send(JSON.stringify(exampleReport()));
    expect([answer.status, answer.body.error.code]).toEqual([415, "unsupported_media_type"]);
    expect(reports.of("fuel")).toBeUndefined();
    const asking = await request(url).options("/v1/workloads/fuel/runs");
    expect(asking.headers).not.toHaveProperty("access-control-allow-origin");
  });

  it.each(["get", "put", "delete", "head"] as const)("%s", async (method) => {
    using folder = temporaryFolder();
    const { url } = await startStored(folder);
    const answer = await request(url)[method]("/v1/workloads/fuel/runs");
    expect([answer.status, answer.headers.allow]).toEqual([405, "POST"]);
  });

  it("everything where no workload is configured", async () => {
    for (const url of [await start(), await start(() => undefined)]) {
      const answer = await request(url).post("/v1/workloads/fuel/runs").send(exampleReport());
      expect([answer.status, answer.body.error.code]).toEqual([404, "not_found"]);
    }
  });

  it.each([
    "/v1/workloads/fuel/runs/",
    "/v1/workloads//runs",
    "/v1/workloads/a/b/runs",
    "/v1/workloads/%E0%A4%A/runs",
  ])("the page %s", async (path) => {
    using folder = temporaryFolder();
    const { url } = await startStored(folder);
    expect((await request(url).post(path).send(exampleReport())).status).toBe(404);
  });
});

it("reads no more of a body that tells no length than it takes, and closes", async () => {
  using folder = temporaryFolder();
  const { url } = await startStored(folder);
  const socket = connect(Number(new URL(url).port), "127.0.0.1");
  let answer = "";
  socket.on("data", (chunk) => {
    answer += chunk;
  });
  socket.on("error", () => {});
  const closed = new Promise((resolve) => socket.on("close", resolve));
  socket.write(
    "POST /v1/workloads/fuel/runs HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n",
  );
  const piece = "x".repeat(65_536);
  for (let sent = 0; sent < 32 && !socket.destroyed; sent++) {
    socket.write(`10000\r\n${piece}\r\n`);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await closed;
  expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  expect(answer).toMatch(/\r\nConnection: close\r\n/);
  expect(faults).toEqual([]);
});

it("a fault of the store is not the client's to know", async () => {
  const url = await start(() => () => Promise.reject(new Error("ENOSPC: /secret/place")));
  const answer = await request(url).post("/v1/workloads/fuel/runs").send(exampleReport());
  expect([answer.status, answer.body]).toEqual([
    500,
    { error: { code: "internal", message: "internal error; the log says more" } },
  ]);
  expect(faults).toHaveLength(1);
});
