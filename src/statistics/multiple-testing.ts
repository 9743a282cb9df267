/**
 * p-values adjusted for being several, in the given order: the false discovery rate of Benjamini and Hochberg (1995). Never below the
 * raw p-value.
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((p, index) => ({ p, index })).sort((left, right) => right.p - left.p);
  const adjusted = pValues.slice();
  let least = 1;
  order.forEach(({ p, index }, position) => {
    const rank = order.length - position;
    least = Math.min(least, (p * order.length) / rank);
    // p · m / m may round to just under p.
    adjusted[index] = Math.max(p, least);
  });
  return adjusted;
}
