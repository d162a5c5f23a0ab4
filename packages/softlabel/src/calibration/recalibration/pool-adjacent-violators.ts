/** A function that never falls, through points with ascending x; linear between them, constant beyond. */
export interface IsotonicCurve {
  readonly x: readonly number[];
  /** As many, ascending. */
  readonly y: readonly number[];
}

/**
 * Isotonic regression: of all functions that never fall, the one with the least squared error; for 0 and 1 also the
 * one with the largest likelihood.
 *
 *     pool adjacent violators: blocks whose mean would fall are joined until none does
 *
 * Rows of equal x count as one with their mean. Each block keeps its first and last x; between blocks the function is
 * linear, as in scikit-learn.
 * @param x - Finite, one at least.
 * @param hits - 1 or 0, as many.
 * @see Ayer et al. 1955, https://doi.org/10.1214/aoms/1177728423
 */
export function isotonicCurve(x: Float64Array, hits: Uint8Array): IsotonicCurve {
  const order = Uint32Array.from(x, (_, row) => row).sort((i, j) => x[i] - x[j]);
  const blocks: Block[] = [];
  for (const row of order) {
    const last = blocks.at(-1);
    if (last && last.to === x[row]) {
      last.count++;
      last.hits += hits[row];
    } else blocks.push({ from: x[row], to: x[row], count: 1, hits: hits[row] });
  }
  const pooled: Block[] = [];
  for (const block of blocks) {
    pooled.push(block);
    for (let last = pooled.length - 1; last > 0 && falls(pooled[last - 1], pooled[last]); last--) {
      const [before, after] = pooled.splice(last - 1, 2);
      pooled.push({
        from: before.from,
        to: after.to,
        count: before.count + after.count,
        hits: before.hits + after.hits,
      });
    }
  }
  const points = pooled.flatMap(({ from, to, count, hits: sum }) =>
    (from === to ? [from] : [from, to]).map((at) => ({ at, mean: sum / count })),
  );
  return { x: points.map(({ at }) => at), y: points.map(({ mean }) => mean) };
}

interface Block {
  readonly from: number;
  readonly to: number;
  count: number;
  hits: number;
}

/** Whether the mean of the blocks does not rise; by whole numbers, which do not round. */
function falls(before: Block, after: Block): boolean {
  return before.hits * after.count >= after.hits * before.count;
}

/** The curve at one point. */
export function curveAt({ x, y }: IsotonicCurve, at: number): number {
  const last = x.length - 1;
  if (at <= x[0]) return y[0];
  if (at >= x[last]) return y[last];
  let low = 0;
  let high = last;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (x[middle] <= at) low = middle;
    else high = middle;
  }
  return y[low] + ((y[high] - y[low]) * (at - x[low])) / (x[high] - x[low]);
}
