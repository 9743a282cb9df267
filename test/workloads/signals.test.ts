import { readFileSync } from "node:fs";
import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { SignalConfig } from "../../src/config/config.ts";
import { createExposition } from "../../src/exporter/exposition.ts";
import { readSignals } from "../../src/workloads/signals.ts";
import { parseSelector, sumOnPage } from "../../src/workloads/signals-page.ts";
import { tellOnce } from "../../src/workloads/workloads-faults.ts";
import { workload } from "./workload.ts";

const vllm = readFileSync(join(import.meta.dirname, "../fixtures/workloads/pages/vllm.txt"), "utf8");

describe("a series on a page", () => {
  const waiting = "vllm:num_requests_waiting";
  it.each<[string, number | undefined]>([
    [waiting, 15],
    [`${waiting}{}`, 15],
    [`${waiting}{engine="0"}`, 12],
    [`${waiting}{engine="0",model_name="meta-llama/Llama-3.1-8B"}`, 7],
    [`${waiting} { engine = "1" , }`, 3],
    [`${waiting}{engine!="0"}`, 3],
    [`${waiting}{model_name=~"meta-.*"}`, 10],
    [`${waiting}{model_name=~"meta"}`, undefined],
    [`${waiting}{model_name!~"meta.*"}`, 5],
    [`${waiting}{engine=~"0|1"}`, 15],
    [`${waiting}{model_name="other \\"quoted\\", {braced} \\\\ back\\nline"}`, 5],
    [`${waiting}{absent=""}`, 15],
    [`${waiting}{absent="x"}`, undefined],
    ["vllm:num_requests", undefined],
    ["num_requests_waiting", undefined],
    ["vllm:kv_cache_usage_perc", 0.0625],
    ['vllm:e2e_request_latency_seconds_bucket{le="+Inf"}', 9],
    ["process_open_fds", 64],
  ])("%s is %s", (metric, expected) => {
    expect(sumOnPage(vllm, parseSelector(metric))).toBe(expected);
  });

  it.each<[string, number | undefined]>([
    ["a 1", 1],
    ["a\t1 1795461230000", 1],
    ["a{} 1.5e3\n", 1500],
    ['a{b="c",} -2 # {trace_id="x"} 0.5 1.5\n', -2],
    ['a { b = "c" } 3', 3],
    ["a +Inf\na 2", 2],
    ["a NaN", undefined],
    ["a", undefined],
    ['a{b="c" 1', undefined],
    ['a{b="c} 1', undefined],
    ["a{b} 1", undefined],
    ["a x", undefined],
    ["ab 1\na 1\naa 1", 1],
    [" a 1", undefined],
    ["", undefined],
    ["a 1\r\na 2\r\n", 3],
  ])("%j: %s", (page, expected) => {
    expect(sumOnPage(page, parseSelector("a"))).toBe(expected);
  });

  it.each(["", "a b", "1a", "a{", "a{b}", "a{b=c}", 'a{b="c"', 'a{b="c" d="e"}', 'a{b=~"("}', "a{,}"])(
    "%j is not a series",
    (metric) => {
      expect(() => parseSelector(metric)).toThrow(/^metric ".*": not a series; expected name/);
    },
  );

  it("is what this program itself writes, in both formats, whatever the labels", async () => {
    const label = 'a"b\\c\nd, {e="f"} 9';
    const exposition = createExposition();
    await exposition.publish("test", [
      { name: "ml_workload_processes", labels: { workload: label, phase: "serving", model: "" }, value: 4 },
      { name: "ml_workload_processes", labels: { workload: "w", phase: "serving", model: "" }, value: 8 },
      {
        name: "ml_workload_cpu_seconds_total",
        labels: { workload: "w", phase: "serving", model: "" },
        value: 1.25,
      },
    ]);
    for (const format of ["text", "openmetrics"] as const) {
      const page = (await exposition.render(format)).toString();
      const sum = (metric: string) => sumOnPage(page, parseSelector(metric));
      expect(sum("ml_workload_processes")).toBe(12);
      expect(sum('ml_workload_processes{workload="w"}')).toBe(8);
      expect(sum(`ml_workload_processes{workload=${JSON.stringify(label)}}`)).toBe(4);
      expect(sum("ml_workload_cpu_seconds_total")).toBe(1.25);
    }
  });
});

describe("pages of a server", () => {
  const signal = (url: string, metric: string, name = "queue"): SignalConfig => ({
    name,
    url,
    metric,
    capacity: 1,
    target: 1,
  });
  async function withServer<T>(answer: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    try {
      return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}/metrics`);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  }
  function reader() {
    const told: string[] = [];
    const faults = tellOnce((error) => told.push((error as Error).message));
    const never = new AbortController().signal;
    return {
      told,
      read: async (...signals: SignalConfig[]) =>
        (await readSignals([workload("w", { signals })], faults, never)).get("w"),
    };
  }

  it("one page is asked for once", async () => {
    let asked = 0;
    const answer: RequestListener = (request, response) => {
      asked += 1;
      expect(request.headers.accept).toContain("text/plain");
      response.end(vllm);
    };
    const { read, told } = reader();
    const found = await withServer(answer, (url) =>
      read(signal(url, "vllm:num_requests_waiting"), signal(url, "vllm:kv_cache_usage_perc", "cache")),
    );
    expect(found).toEqual({ queue: 15, cache: 0.0625 });
    expect([asked, told]).toEqual([1, []]);
  });

  it.each<[string, RequestListener, string]>([
    ["an error", (_, response) => void response.writeHead(503).end("a 1"), "HTTP 503; expected 200"],
    ["another page", (_, response) => void response.end("<html>"), "no number for a"],
    [
      "more than can be",
      (_, response) => {
        response.on("error", () => undefined);
        response.end(`a 1\n${"# filling\n".repeat(1_100_000)}`);
      },
      "more than 10 MB",
    ],
    ["a connection that breaks", (request) => void request.socket.destroy(), "other side closed"],
  ])("%s: absent, told once until it recovers", async (_name, broken, reason) => {
    let works = false;
    const answer: RequestListener = (request, response) =>
      works ? void response.end("a 1\n") : broken(request, response);
    await withServer(answer, async (url) => {
      const { read, told } = reader();
      const states = [false, false, true, false];
      const found: unknown[] = [];
      for (const state of states) {
        works = state;
        found.push(await read(signal(url, "a")));
      }
      expect(found).toEqual([{}, {}, { queue: 1 }, {}]);
      expect(told).toEqual(Array(2).fill(`workloads.w.signals.queue: ${url}: ${reason}`));
    });
  });

  it("nobody there, and a page that does not come, beside one that works", async () => {
    const answer: RequestListener = (request, response) => {
      if (!request.url?.includes("hangs")) response.end("a 1\n");
    };
    await withServer(answer, async (url) => {
      const gone = await withServer(answer, async (other) => other);
      const { read, told } = reader();
      const found = await read(
        signal(url, "a"),
        signal(gone, "a", "gone"),
        signal(`${url}?hangs`, "a", "hangs"),
        signal(url, "a{", "odd"),
      );
      expect(found).toEqual({ queue: 1 });
      expect(told).toEqual([
        expect.stringMatching(/^workloads\.w\.signals\.gone: .*ECONNREFUSED/),
        `workloads.w.signals.hangs: ${url}?hangs: no answer in 5 s`,
        'workloads.w.signals.odd: metric "a{": not a series; expected name or name{label="value"}',
      ]);
    });
  });

  it("is broken off", async () => {
    const abort = new AbortController();
    await withServer(
      () => abort.abort(),
      async (url) => {
        const told: unknown[] = [];
        const faults = tellOnce((error) => told.push(error));
        const found = await readSignals(
          [workload("w", { signals: [signal(url, "a")] })],
          faults,
          abort.signal,
        );
        expect([found.size, told]).toEqual([0, []]);
      },
    );
  });
});
