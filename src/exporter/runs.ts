import type { IncomingMessage } from "node:http";

/** Takes the report of a run of a workload; it is kept when this resolves to a word. */
export type AcceptRun = (workload: string, body: unknown) => Promise<"added" | "known" | Refusal>;

/** Why not, as the client is told. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

/** A report has about 1 kB. */
const mostBytes = 1_000_000;
/** Posts whose bodies are read at the same time, so that bodies take little memory. */
const mostAtOnce = 16;

/** The workload's name in the path of a run's post, as it was written; undefined for every other path. */
export function workloadIn(path: string): string | undefined {
  const part = /^\/v1\/workloads\/([^/]+)\/runs$/.exec(path)?.[1];
  if (part === undefined) return undefined;
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** Answers posts of runs: 201 for a new one, 200 for one that is known, else why not. */
export function createRunsRoute() {
  let reading = 0;
  return async (
    request: IncomingMessage,
    workload: string,
    accept: AcceptRun,
  ): Promise<Refusal | { readonly status: 200 | 201 }> => {
    if (reading >= mostAtOnce) return refusal(503, "busy", `${mostAtOnce} runs are being taken; try again`);
    reading++;
    const body = await readJson(request).finally(() => reading--);
    if ("status" in body) return body;
    const answer = await accept(workload, body.json);
    return typeof answer === "string" ? { status: answer === "added" ? 201 : 200 } : answer;
  };
}

const refusal = (status: number, code: string, message: string): Refusal => ({ status, code, message });

async function readJson(request: IncomingMessage): Promise<Refusal | { readonly json: unknown }> {
  // A page in a browser can send no other site this type without asking first, which nobody answers here.
  if (!/^application\/json\s*(;|$)/i.test(request.headers["content-type"] ?? ""))
    return refusal(415, "unsupported_media_type", "expected Content-Type: application/json");
  if ((request.headers["content-encoding"] ?? "identity") !== "identity")
    return refusal(415, "unsupported_encoding", "expected a body without Content-Encoding");
  const chunks: Buffer[] = [];
  let bytes = Number(request.headers["content-length"] ?? 0);
  const tooLarge = refusal(413, "too_large", `expected at most ${mostBytes} bytes`);
  if (bytes > mostBytes) return tooLarge;
  bytes = 0;
  try {
    // Leaving the loop must not end the connection: the answer goes over it.
    for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) return tooLarge;
      chunks.push(chunk);
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(Buffer.concat(chunks));
    return { json: JSON.parse(text) };
  } catch {
    return refusal(400, "not_json", "the body is not JSON in UTF-8");
  }
}
