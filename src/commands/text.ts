/** Four significant digits, three under 1, without trailing zeros; what is under 0.0001 in powers of ten. */
export function figure(value: number | undefined): string {
  if (value === undefined) return "";
  if (value !== 0 && Math.abs(value) < 1e-4) return value.toExponential(1);
  return String(Number(value.toPrecision(value !== 0 && Math.abs(value) < 1 ? 3 : 4)));
}

/** `1 row`, `2 rows`. */
export const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? "" : "s"}`;

/** Event time in UTC: the day alone at midnight. */
export const moment = (ms: number): string =>
  new Date(ms).toISOString().slice(0, 19).replace("T00:00:00", "").replace("T", " ");

/** Rows of cells, each column as wide as its longest cell (an empty one takes no room), `indent` spaces before them. */
export function aligned(rows: readonly (readonly string[])[], indent: number): string[] {
  const widths: number[] = [];
  for (const row of rows) {
    for (const [column, cell] of row.entries()) widths[column] = Math.max(widths[column] ?? 0, cell.length);
  }
  return rows.map((row) => {
    const cells = row.flatMap((cell, column) => {
      const width = widths[column] ?? 0;
      return width === 0 ? [] : [cell.padEnd(width)];
    });
    return `${" ".repeat(indent)}${cells.join("  ")}`.trimEnd();
  });
}

/** An amount of a resource with its unit, `8 processors`, `32 GiB`. */
export function amountText(resource: "cpu" | "memory" | "gpu" | "gpu_memory", amount: number): string {
  if (resource === "cpu") return amount === 1 ? "1 processor" : `${figure(amount)} processors`;
  if (resource === "gpu") return amount === 1 ? "1 GPU" : `${figure(amount)} GPUs`;
  const [size, unit] = [2 ** 40, 2 ** 30, 2 ** 20, 2 ** 10].flatMap((size, index) =>
    amount >= size ? [[size, ["TiB", "GiB", "MiB", "KiB"][index] ?? ""] as const] : [],
  )[0] ?? [1, "B"];
  return `${figure(amount / size)} ${unit}${resource === "memory" ? "" : " of GPU memory"}`;
}
