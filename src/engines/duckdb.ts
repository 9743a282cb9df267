import {
  type DuckDBConnection,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBInstance,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from "@duckdb/node-api";
import { duckdbDialect } from "./duckdb-dialect.ts";
import { duckdbFault } from "./duckdb-fault.ts";
import {
  type Column,
  type ColumnKind,
  type Engine,
  EngineError,
  type EngineOptions,
  type Row,
  type Value,
} from "./engine.ts";

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
async function allRows(connection: DuckDBConnection, sql: string): Promise<Row[]> {
  const result = await connection.run(sql);
  const rows: Row[] = [];
  for (;;) {
    const chunk = await result.fetchChunk();
    if (chunk === null || chunk.rowCount === 0) return rows;
    for (const row of chunk.getRows()) rows.push(row.map(plain));
  }
}

/**
 * DuckDB inside this process: in memory, nothing downloaded, bounded. Rows keep the order of their files (of several labels with one
 * id the last one counts), so `preserve_insertion_order` stays on.
 */
export async function openDuckdb(options: EngineOptions): Promise<Engine> {
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
  async function rows(sql: string, signal?: AbortSignal): Promise<Row[]> {
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
      const answer = await allRows(connection, sql);
      signal?.throwIfAborted();
      return answer;
    } catch (error) {
      signal?.throwIfAborted();
      throw new EngineError(duckdbFault(error), { cause: error });
    } finally {
      signal?.removeEventListener("abort", interrupt);
      clearInterval(repeated);
      connection.closeSync();
    }
  }

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
    close: async () => instance.closeSync(),
  };
}
