/** A task for a thread (compiled as it is): sums what the statement gives, or does as it is told. */
export async function run(engine, { sql, fault }, signal) {
  if (fault !== undefined) throw new Error(fault);
  const sums = [];
  let rows = 0;
  for await (const chunk of engine.chunks(sql, signal)) {
    rows += chunk.rows;
    for (const [index, column] of chunk.columns.entries())
      sums[index] = column.reduce((sum, value) => sum + value, sums[index] ?? 0);
  }
  const answer = { rows, sums: Float64Array.from(sums) };
  return { answer, transfer: [answer.sums.buffer] };
}
