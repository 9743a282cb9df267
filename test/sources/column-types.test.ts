import { describe, expect, test } from "vitest";
import type { Column, ColumnKind } from "../../src/engines/engine.ts";
import { unify } from "../../src/sources/column-types.ts";

const column = (type: string, kind: ColumnKind): Column => ({ name: "c", type, kind });

describe("one type for two", () => {
  test.each<[Column, Column, string, ColumnKind]>([
    [column("BIGINT", "numeric"), column("BIGINT", "numeric"), "BIGINT", "numeric"],
    [column("TINYINT", "numeric"), column("UINTEGER", "numeric"), "BIGINT", "numeric"],
    [column("BIGINT", "numeric"), column("UBIGINT", "numeric"), "HUGEINT", "numeric"],
    [column("BIGINT", "numeric"), column("DOUBLE", "numeric"), "DOUBLE", "numeric"],
    [column("DECIMAL(5,2)", "numeric"), column("DECIMAL(9,4)", "numeric"), "DOUBLE", "numeric"],
    [column("NULL", "other"), column("DATE", "timestamp"), "DATE", "timestamp"],
    [column("DATE", "timestamp"), column("TIMESTAMP_NS", "timestamp"), "TIMESTAMP", "timestamp"],
    [
      column("DATE", "timestamp"),
      column("TIMESTAMP WITH TIME ZONE", "timestamp"),
      "TIMESTAMP WITH TIME ZONE",
      "timestamp",
    ],
    [column("DOUBLE", "numeric"), column("VARCHAR", "categorical"), "VARCHAR", "categorical"],
    [column("BOOLEAN", "categorical"), column("BIGINT", "numeric"), "VARCHAR", "categorical"],
    [column("DATE", "timestamp"), column("BIGINT", "numeric"), "VARCHAR", "categorical"],
    [column("ENUM('a')", "categorical"), column("VARCHAR", "categorical"), "VARCHAR", "categorical"],
    [column("DOUBLE[]", "other"), column("DOUBLE", "numeric"), "VARCHAR", "categorical"],
  ])("$0.type and $1.type are $2", (a, b, type, kind) => {
    expect(unify(a, b)).toEqual({ name: "c", type, kind });
    expect(unify(b, a)).toEqual({ name: "c", type, kind });
  });
});
