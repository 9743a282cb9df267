/** A series with its value at one moment. */
interface Instant {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A series with its values over time; times are in seconds since 1970. */
interface Range {
  readonly metric: Readonly<Record<string, string>>;
  readonly values: readonly (readonly [time: number, value: number])[];
}

/** What the tests ask of a Prometheus. */
export interface PrometheusApi {
  /** At a time in seconds since 1970; now when left out. */
  query(expression: string, time?: number): Promise<readonly Instant[]>;
  queryRange(expression: string, start: number, end: number, stepSeconds: number): Promise<readonly Range[]>;
}

/** Asks the HTTP API of the Prometheus at this address. */
export function prometheusApi(address: string): PrometheusApi {
  const ask = async (path: string, parameters: Record<string, string>): Promise<unknown> => {
    const response = await fetch(`${address}/api/v1/${path}`, {
      method: "POST",
      body: new URLSearchParams(parameters),
    });
    const answer = (await response.json()) as { status: string; error?: string; data: { result: unknown } };
    if (answer.status !== "success") throw new Error(`${parameters.query}: ${answer.error}`);
    return answer.data.result;
  };
  return {
    async query(query, time) {
      const at: Record<string, string> = time === undefined ? {} : { time: String(time) };
      const result = (await ask("query", { query, ...at })) as {
        metric: Record<string, string>;
        value: [number, string];
      }[];
      return result.map(({ metric, value }) => ({ metric, value: parseValue(value[1]) }));
    },
    async queryRange(query, start, end, stepSeconds) {
      const result = (await ask("query_range", {
        query,
        start: String(start),
        end: String(end),
        step: String(stepSeconds),
      })) as { metric: Record<string, string>; values: [number, string][] }[];
      return result.map(({ metric, values }) => ({
        metric,
        values: values.map(([time, value]) => [time, parseValue(value)] as const),
      }));
    },
  };
}

/** A value as Prometheus writes it: a number, NaN, +Inf or -Inf. */
function parseValue(text: string): number {
  if (text === "+Inf") return Number.POSITIVE_INFINITY;
  if (text === "-Inf") return Number.NEGATIVE_INFINITY;
  return Number(text);
}
