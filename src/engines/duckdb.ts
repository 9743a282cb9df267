import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBDoubleVector,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
  type DuckDBVector,
} from "@duckdb/node-api";
import { duckdbDialect } from "./duckdb-dialect.ts";
import { duckdbFault } from "./duckdb-fault.ts";
import {
  type Chunk,
  type Column,
  type ColumnKind,
  type Engine,
  EngineError,
  type EngineOptions,
  type Row,
  type ThreadEngine,
  type Value,
} from "./engine.ts";
import { shareOf, threadsOf } from "./threads.ts";

const kinds: readonly (readonly [RegExp, ColumnKind])[] = [
  [/[[\]]$/, "other"],
  [/^(U?(TINY|SMALL|BIG|HUGE)INT|U?INTEGER|FLOAT|DOUBLE|DECIMAL)\b/, "numeric"],
  [/^(VARCHAR|BOOLEAN|ENUM|UUID)\b/, "categorical"],
  [/^(TIMESTAMP|DATE)(\b|_)/, "timestamp"],
];

function kindOf(type: string): ColumnKind {
  return kinds.find(([pattern]) => pattern.test(type))?.[1] ?? "other";
}

function plain(value: DuckDBValue): Value {
  if (value === null || typeof value === "string" || typeof value === "number" || typeof value === "boolean")
    return value;
  if (typeof value === "bigint") return Number.isSafeInteger(Number(value)) ? Number(value) : value;
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return Number(value.micros) / 1000;
  if (value instanceof DuckDBDateValue) return value.days * 86_400_000;
  return value.toString();
}

/** Rows chunk by chunk, so that a large answer does not hold the event loop. */
async function* someRows(connection: DuckDBConnection, sql: string): AsyncGenerator<Row[]> {
  const result = await connection.run(sql);
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return;
    yield chunk.getRows().map((row) => row.map(plain));
  }
}

/** A copy of a column's memory. The package reads it value by value, at ten times the cost; its own array is private by type alone. */
function doubles(vector: DuckDBVector): Float64Array {
  const items: unknown = vector instanceof DuckDBDoubleVector ? Reflect.get(vector, "items") : undefined;
  if (items instanceof Float64Array) return items;
  throw new TypeError("a column of a chunk is no DOUBLE");
}

/** The next chunk is read while this one is looked at. */
async function* allChunks(connection: DuckDBConnection, sql: string): AsyncGenerator<Chunk> {
  const result = await connection.stream(sql);
  const fetch = () => {
    const chunk = result.fetchChunk();
    // Whoever waits for it sees the fault; nobody may be waiting yet.
    chunk.catch(() => undefined);
    return chunk;
  };
  let next = fetch();
  try {
    for (;;) {
      const chunk = await next;
      if (chunk === null || chunk.rowCount === 0) return;
      next = fetch();
      const columns = Array.from({ length: chunk.columnCount }, (_, index) =>
        doubles(chunk.getColumnVector(index)),
      );
      yield { rows: chunk.rowCount, columns };
    }
  } finally {
    await next.catch(() => null);
  }
}

/** Most of the memory is the main thread's; the rest is for a thread that reads columns, one at a time. */
const threadShare = 0.25;

/**
 * DuckDB inside this process: in memory, nothing downloaded, bounded. Rows keep the order of their files (of several labels with one
 * id the last one counts), so `preserve_insertion_order` stays on.
 */
export async function openDuckdb(options: EngineOptions): Promise<Engine> {
  const own = { ...options, memory: shareOf(options.memory, 1 - threadShare) };
  const engine = await openDuckdbInThread(own);
  const beside = { ...options, memory: shareOf(options.memory, threadShare), threads: 1 };
  const { inThread, close } = threadsOf("duckdb", beside);
  return {
    ...engine,
    inThread,
    close: async () => {
      await close();
      await engine.close();
    },
  };
}

/** The same for one task in a thread: all the memory. */
export async function openDuckdbInThread(options: EngineOptions): Promise<ThreadEngine> {
  const instance = await DuckDBInstance.create(":memory:", {
    memory_limit: options.memory,
    threads: String(options.threads),
    temp_directory: options.temporaryDirectory ?? "",
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    allow_community_extensions: "false",
  }).catch((error: unknown) => {
    throw new EngineError(duckdbFault(error));
  });

  /** One connection a statement: interrupting it stops nothing else. */
  async function* run<T>(
    steps: (connection: DuckDBConnection) => AsyncIterable<T>,
    signal: AbortSignal | undefined,
  ): AsyncGenerator<T> {
    const connection = await instance.connect();
    // An interrupt is lost between the steps of a statement, so it is repeated until the statement has ended.
    let repeated: NodeJS.Timeout | undefined;
    const interrupt = () => {
      repeated = setInterval(() => connection.interrupt(), 10);
    };
    signal?.addEventListener("abort", interrupt);
    try {
      signal?.throwIfAborted();
      await connection.run("SET TimeZone = 'UTC'");
      for await (const step of steps(connection)) {
        signal?.throwIfAborted();
        yield step;
      }
      signal?.throwIfAborted();
    } catch (error) {
      signal?.throwIfAborted();
      throw new EngineError(duckdbFault(error), { cause: error });
    } finally {
      signal?.removeEventListener("abort", interrupt);
      clearInterval(repeated);
      connection.closeSync();
    }
  }

  async function rows(sql: string, signal?: AbortSignal): Promise<Row[]> {
    const answer: Row[] = [];
    for await (const some of run((connection) => someRows(connection, sql), signal)) answer.push(...some);
    return answer;
  }

  const chunks = (sql: string, signal?: AbortSignal) =>
    run((connection) => allChunks(connection, sql), signal);

  async function describe(relation: string): Promise<Column[]> {
    const found = await rows(`DESCRIBE SELECT * FROM ${relation}`);
    return found.map(([name, type]) => ({
      name: String(name),
      type: String(type),
      kind: kindOf(String(type)),
    }));
  }

  return {
    dialect: duckdbDialect,
    limits: { columnsPerStatement: 100 },
    rows,
    describe,
    chunks,
    columnar: (relation) => !/\bread_(csv|json|ndjson)\w*\(/.test(relation),
    close: async () => instance.closeSync(),
  };
}
