import type { RunReport } from "./run-report.ts";

export interface DeliverOptions {
  /** Address of a running exporter: `http://127.0.0.1:10058`, with the path it is served under. */
  readonly url: string;
  /** Aborted when nobody wants to wait any longer. */
  readonly signal: AbortSignal;
  sleep(ms: number): Promise<unknown>;
}

/** What became of a report. */
export type Delivery =
  | { readonly delivered: true }
  /** `final`: it was refused, and would be again. */
  | { readonly delivered: false; readonly reason: string; readonly final: boolean };

/** Waits before the second and further tries: somebody waits for the command to end, so that is all. */
const pausesMs = [250, 500, 1000, 2000];
const answerWithinMs = 5000;

/** Hands a report to a running exporter; tries again where another try may help. */
export async function deliver(report: RunReport, options: DeliverOptions): Promise<Delivery> {
  const { origin, pathname } = new URL(options.url);
  const path = `v1/workloads/${encodeURIComponent(report.workload)}/runs`;
  const address = new URL(path, `${origin}${pathname.replace(/\/*$/, "/")}`);
  let last = await post(address, report, options);
  for (const ms of pausesMs) {
    if (last.delivered || last.final || options.signal.aborted) break;
    await options.sleep(ms);
    last = await post(address, report, options);
  }
  return last;
}

async function post(address: URL, report: RunReport, { url, signal }: DeliverOptions): Promise<Delivery> {
  try {
    const answer = await fetch(address, {
      method: "POST",
      headers: { "Content-Type": "application/json", ...credentials(url) },
      body: JSON.stringify(report),
      redirect: "error",
      signal: AbortSignal.any([signal, AbortSignal.timeout(answerWithinMs)]),
    });
    const text = await answer.text();
    if (answer.ok) return { delivered: true };
    const final = answer.status < 500 && ![408, 429].includes(answer.status);
    return { delivered: false, reason: `${answer.status} ${messageIn(text)}`.trim(), final };
  } catch (error) {
    return { delivered: false, reason: faultOf(error), final: false };
  }
}

/** fetch takes no name and password in an address. */
export function credentials(url: string): Record<string, string> {
  const { username, password } = new URL(url);
  if (username === "") return {};
  const pair = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
  return { Authorization: `Basic ${Buffer.from(pair).toString("base64")}` };
}

/** The message of an answer in JSON, else nothing: a page of a proxy is no line. */
export function messageIn(text: string): string {
  try {
    const { error, message } = JSON.parse(text) as { error?: { message?: unknown }; message?: unknown };
    const told = error?.message ?? message;
    return typeof told === "string" ? (told.split("\n", 1)[0] ?? "").slice(0, 300) : "";
  } catch {
    return "";
  }
}

/** fetch hides what happened in the cause. */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer within ${answerWithinMs / 1000} s`;
  if (error.name === "AbortError") return "given up";
  const { cause } = error as { cause?: { code?: string; message?: string } };
  return cause?.code ?? cause?.message ?? error.message;
}
