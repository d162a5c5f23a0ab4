import type { ConfidenceLevels } from "./confidence-levels.ts";

/**
 * Isotonic regression of "right" on the levels of confidence: one share for each level, never falling.
 *
 *     pool adjacent violators: blocks of levels whose share of right rows would fall are joined until none does
 *
 * The least squared error, and the largest likelihood, of all functions of the confidence that never fall.
 * @see Ayer et al. 1955, https://doi.org/10.1214/aoms/1177728423
 */
export function isotonicLevels({ length, right, wrong }: ConfidenceLevels): Float64Array {
  // A stack of blocks: where each begins, and its rows.
  const start = new Uint32Array(length);
  const hits = new Uint32Array(length);
  const rows = new Uint32Array(length);
  let top = -1;
  for (let level = 0; level < length; level++) {
    top++;
    start[top] = level;
    hits[top] = right[level];
    rows[top] = right[level] + wrong[level];
    // Compared by whole numbers, which do not round.
    while (top > 0 && hits[top - 1] * rows[top] >= hits[top] * rows[top - 1]) {
      hits[top - 1] += hits[top];
      rows[top - 1] += rows[top];
      top--;
    }
  }
  const shares = new Float64Array(length);
  for (let block = 0; block <= top; block++) {
    shares.fill(hits[block] / rows[block], start[block], block < top ? start[block + 1] : length);
  }
  return shares;
}
