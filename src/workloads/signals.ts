import type { WorkloadConfig } from "../config/config.ts";
import { UserError } from "../errors.ts";
import { parseSelector, sumOnPage } from "./signals-page.ts";
import type { Faults } from "./workloads-faults.ts";

/** A page has to be there so soon. */
const timeoutMs = 5_000;
/** The largest page that is read. */
const pageBytes = 10_000_000;
/** Pages fetched at one time. */
const atOnce = 8;

/** Values by workload and signal; a signal whose page does not answer, or has no series that fits, is absent and in `faults`. */
export async function readSignals(
  workloads: readonly WorkloadConfig[],
  faults: Faults,
  abort: AbortSignal,
): Promise<Map<string, Record<string, number>>> {
  const urls = [...new Set(workloads.flatMap(({ signals }) => signals.map(({ url }) => url)))];
  const pages = new Map<string, string | UserError>();
  const fetchers = Array.from({ length: atOnce }, async () => {
    for (let url = urls.pop(); url !== undefined; url = urls.pop())
      pages.set(url, await fetchPage(url, abort));
  });
  await Promise.all(fetchers);
  const values = new Map<string, Record<string, number>>();
  if (abort.aborted) return values;
  for (const { name, signals } of workloads) {
    const own: Record<string, number> = {};
    for (const signal of signals) {
      const what = `workloads.${name}.signals.${signal.name}`;
      try {
        own[signal.name] = signalValue(signal, pages.get(signal.url));
        faults.recovered(what);
      } catch (error) {
        if (!(error instanceof UserError)) throw error;
        faults.failed(what, new UserError(`${what}: ${error.message}`));
      }
    }
    values.set(name, own);
  }
  return values;
}

function signalValue(
  { url, metric }: WorkloadConfig["signals"][number],
  page: string | UserError | undefined,
): number {
  if (typeof page !== "string") throw page ?? new UserError(`${url}: not read`);
  const value = sumOnPage(page, parseSelector(metric));
  if (value === undefined) throw new UserError(`${url}: no number for ${metric}`);
  return value;
}

/** The text of a page, or why there is none. */
async function fetchPage(url: string, abort: AbortSignal): Promise<string | UserError> {
  try {
    const response = await fetch(url, {
      headers: { accept: "text/plain;version=0.0.4, text/plain;q=0.5, */*;q=0.1" },
      signal: AbortSignal.any([abort, AbortSignal.timeout(timeoutMs)]),
    });
    if (!response.ok) {
      await response.body?.cancel();
      return new UserError(`${url}: HTTP ${response.status}; expected 200`);
    }
    return await bounded(response, url);
  } catch (error) {
    if (error instanceof UserError) return error;
    return new UserError(`${url}: ${reasonOf(error)}`);
  }
}

async function bounded(response: Response, url: string): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop ends the transfer.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > pageBytes) throw new UserError(`${url}: more than ${pageBytes / 1e6} MB`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString("utf8");
}

/** fetch() says "fetch failed", its cause why. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return `no answer in ${timeoutMs / 1000} s`;
  const { cause } = error;
  return cause instanceof Error
    ? cause.message || String((cause as NodeJS.ErrnoException).code)
    : error.message;
}
