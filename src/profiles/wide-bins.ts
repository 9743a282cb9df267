/** More edges of one column than the quantiles give. */
const most = 100;
/** A bin is wide that is wider than this, and its pieces are at least so wide, in standard deviations: in a gap and in a tail. */
const wide = 0.3;
const narrowest = { gap: 0.02, tail: 0.1 };
/** No piece is wider than this share of its distance to the bin's end: values that moved so far are known as well. */
const share = 0.25;

/**
 * Edges that divide the wide ones of ascending bins, so that it is known how far into a gap or a tail values have moved. Pieces are
 * narrow at the end where the reference's values are (in a gap both, in the outermost bins the inner one) and grow from there.
 */
export function edgesInside(edges: readonly number[], quantiles: readonly number[]): number[] {
  const deviation = deviationOf(quantiles);
  if (!Number.isFinite(deviation) || deviation === 0) return [];
  let found: number[] = [];
  for (let coarser = 1; coarser < 64; coarser *= Math.SQRT2) {
    found = edges.slice(1).flatMap((right, index) => {
      const left = edges[index] as number;
      if (!(right - left > wide * deviation)) return [];
      const step = (width: number) => coarser * width * deviation;
      if (index === 0) return piecesFrom(right, left, step(narrowest.tail));
      if (index === edges.length - 2) return piecesFrom(left, right, step(narrowest.tail));
      const middle = left / 2 + right / 2;
      const [low, high] = [left, right].map((end) => piecesFrom(end, middle, step(narrowest.gap)));
      return [...(low as number[]), middle, ...(high as number[])];
    });
    if (found.length <= most) break;
  }
  return found.slice(0, most);
}

/** Edges from one end of a bin on, before another: ever further apart. */
function piecesFrom(end: number, last: number, step: number): number[] {
  const away = Math.sign(last - end);
  const reach = Math.abs(last - end);
  const found: number[] = [];
  let distance = 0;
  for (;;) {
    const width = Math.max(step, share * distance);
    distance += width;
    const edge = end + away * distance;
    // Half a piece is not worth an edge; and where doubles are further apart than pieces there are none.
    if (distance + width / 2 >= reach || edge === (found.at(-1) ?? end)) return found;
    found.push(edge);
  }
}

/** That of values that are spread evenly between each two neighbouring quantiles. */
function deviationOf(quantiles: readonly number[]): number {
  const spans = quantiles.length - 1;
  const [first = 0, last = 0] = [quantiles[0], quantiles.at(-1)];
  const inner = quantiles.slice(1, -1).reduce((sum, value) => sum + value, 0);
  const mean = (first / 2 + last / 2 + inner) / spans;
  let squares = 0;
  for (let index = 0; index < spans; index += 1) {
    const [low, high] = [(quantiles[index] ?? 0) - mean, (quantiles[index + 1] ?? 0) - mean];
    squares += (low * low + low * high + high * high) / 3;
  }
  return Math.sqrt(squares / spans);
}
