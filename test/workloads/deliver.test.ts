import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { deliver } from "../../src/workloads/deliver.ts";
import { logToMlflow, mlflowBatch, mlflowRun } from "../../src/workloads/run-mlflow.ts";
import { openSpool } from "../../src/workloads/run-spool.ts";
import { temporaryFolder } from "../sources/folder.ts";
import { exampleReport, runId } from "./example-report.ts";

interface Asked {
  readonly url: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: unknown;
}

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

/** A server that gives these answers one after the other, the last one ever after; 0 breaks the connection off. */
async function answering(...answers: readonly (readonly [status: number, body?: string])[]) {
  const asked: Asked[] = [];
  const server = createServer(async (request, response) => {
    let text = "";
    for await (const chunk of request) text += chunk;
    const [status, body = ""] = answers[Math.min(asked.length, answers.length - 1)] ?? [500];
    asked.push({ url: request.url, headers: request.headers, body: JSON.parse(text) });
    if (status === 0) return void request.socket.destroy();
    response.writeHead(status, { Connection: "close" }).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  stops.push(() => server.close());
  return { asked, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

const report = exampleReport({ workload: "fuel/a b" });

describe("handing a report to an exporter", () => {
  const pauses: number[] = [];
  const handing = (url: string, signal = new AbortController().signal) => {
    pauses.length = 0;
    return deliver(report, { url, signal, sleep: async (ms) => void pauses.push(ms) });
  };

  it("posts it as JSON to its workload, below the exporter's own path", async () => {
    const { asked, url } = await answering([201]);
    expect(await handing(`${url.replace("//", "//me:secret%21@")}/ml/`)).toEqual({ delivered: true });
    expect(asked).toMatchObject([
      {
        url: "/ml/v1/workloads/fuel%2Fa%20b/runs",
        headers: { "content-type": "application/json" },
        body: report,
      },
    ]);
    expect(asked[0]?.headers.authorization).toBe(`Basic ${Buffer.from("me:secret!").toString("base64")}`);
  });

  it("tries again when that may help, with longer and longer waits", async () => {
    const { asked, url } = await answering([0], [503], [429], [200]);
    expect(await handing(url)).toEqual({ delivered: true });
    expect(asked).toHaveLength(4);
    expect(pauses).toEqual([250, 500, 1000]);
  });

  it("gives up after five times", async () => {
    const { asked, url } = await answering([503, '{"error":{"code":"busy","message":"try again"}}']);
    expect(await handing(url)).toEqual({ delivered: false, reason: "503 try again", final: false });
    expect(asked).toHaveLength(5);
  });

  it.each([
    [404, '{"error":{"code":"unknown_workload","message":"no workload\\nsecond line"}}', "404 no workload"],
    [400, "<html>", "400"],
    [401, "", "401"],
  ])("does not try again after %i", async (status, body, reason) => {
    const { asked, url } = await answering([status, body]);
    expect(await handing(url)).toEqual({ delivered: false, reason, final: true });
    expect(asked).toHaveLength(1);
  });

  it("says that nobody listens, without the password in the address", async () => {
    const { url } = await answering([200]);
    for (const stop of stops.splice(0)) stop();
    const result = await handing(url.replace("//", "//me:secret@"));
    expect(result).toEqual({ delivered: false, reason: "ECONNREFUSED", final: false });
  });

  it("stops when nobody waits any longer", async () => {
    const given = new AbortController();
    given.abort();
    const { asked, url } = await answering([200]);
    expect(await handing(url, given.signal)).toEqual({ delivered: false, reason: "given up", final: false });
    expect(asked).toEqual([]);
    expect(pauses).toEqual([]);
  });
});

it("reports that were not delivered are kept in a folder, the oldest first, and others' files are left alone", async () => {
  using folder = temporaryFolder();
  const nowMs = 1_767_571_900_000;
  const spool = openSpool(join(folder.path, "unsent"));
  expect(await spool.list(nowMs)).toEqual([]);
  const [young, old] = [
    exampleReport({ run: runId(1), endMs: 1_767_571_800_000 }),
    exampleReport({ run: runId(2) }),
  ];
  await spool.keep(young);
  await spool.keep(old);
  folder.write("unsent/other.json", "{torn");
  folder.write("unsent/notes.txt", "mine");
  expect(await spool.list(nowMs)).toEqual([old, young]);
  await spool.remove(old);
  expect(await spool.list(nowMs)).toEqual([young]);
});

describe("MLflow", () => {
  it("is written to where a run is named", () => {
    const server = { MLFLOW_TRACKING_URI: "http://mlflow:5000" };
    expect(mlflowRun(undefined, server)).toBeUndefined();
    expect(mlflowRun(undefined, { MLFLOW_RUN_ID: "" })).toBeUndefined();
    expect(mlflowRun(undefined, { ...server, MLFLOW_RUN_ID: "a" })).toEqual({
      runId: "a",
      trackingUri: "http://mlflow:5000",
    });
    expect(mlflowRun("b", { ...server, MLFLOW_RUN_ID: "a", MLFLOW_TRACKING_TOKEN: "t" })).toMatchObject({
      runId: "b",
      authorization: "Bearer t",
    });
    const basic = {
      MLFLOW_TRACKING_USERNAME: "me",
      MLFLOW_TRACKING_PASSWORD: "p",
      MLFLOW_TRACKING_TOKEN: "t",
    };
    expect(mlflowRun("b", { ...server, ...basic })).toMatchObject({ authorization: "Basic bWU6cA==" });
  });

  it.each([
    [{}, "MLFLOW_TRACKING_URI is not set; expected one such as http://127.0.0.1:5000"],
    [
      { MLFLOW_TRACKING_URI: "sqlite:///mlflow.db" },
      "MLFLOW_TRACKING_URI is no address of a server; expected one such as http://127.0.0.1:5000",
    ],
  ])("says why it cannot: %j", (environment, why) => expect(mlflowRun("a", environment)).toBe(why));

  it("has what was measured, and nothing of what was not", () => {
    const { used: _, cost: __, ...rest } = exampleReport({ model: "" });
    const { metrics, tags } = mlflowBatch(
      { ...rest, used: { cpu: { mean: 0.5, p95: 1, max: Number.NaN } } },
      "a",
    );
    const names = metrics.map(({ key }) => key);
    expect(names).toContain("system/run_cpu_cores_mean");
    expect(names.filter((name) => /cost|gpu|memory_bytes_max|cpu_cores_max/.test(name))).toEqual([]);
    expect(metrics[0]).toEqual({
      key: "system/run_duration_seconds",
      value: 60,
      timestamp: 1_767_571_200_000,
      step: 0,
    });
    expect(tags.map(({ key }) => key)).toEqual([
      "ml_exporter.run",
      "ml_exporter.workload",
      "ml_exporter.phase",
      "ml_exporter.result",
    ]);
  });

  it("gets one batch, and its refusal is one line", async () => {
    const { asked, url } = await answering(
      [200, "{}"],
      [404, '{"error_code":"RESOURCE_DOES_NOT_EXIST","message":"Run a not found"}'],
    );
    const run = { runId: "a", trackingUri: `${url}/ml`, authorization: "Bearer t" };
    const { signal } = new AbortController();
    expect(await logToMlflow(report, run, signal)).toBeUndefined();
    expect(asked).toMatchObject([
      {
        url: "/ml/api/2.0/mlflow/runs/log-batch",
        headers: { authorization: "Bearer t" },
        body: { run_id: "a" },
      },
    ]);
    expect(await logToMlflow(report, run, signal)).toBe("404 Run a not found");
  });
});
