/** Which of its two edges a uniform bin holds; see {@link BinningOptions}. */
export type BinEdges = "(lo,hi]" | "[lo,hi)" | "[lo,hi),{1}";

/** Bins of equal width on [0, 1], and at the end a bin of the single point 1 where the edges say so. */
export interface UniformBins {
  /** How many there are, that of the single point 1 included. */
  readonly count: number;
  readonly low: Float64Array;
  readonly high: Float64Array;
  /** The first bin holds every number in [0, 1] below it, and no other. */
  readonly firstEnd: number;
  /** The bin that holds a number in [0, 1]. */
  readonly indexOf: (confidence: number) => number;
}

/** An edge is the float64 nearest to i / bins, and a confidence is compared with it exactly. */
export function uniformBins(bins: number, edges: BinEdges): UniformBins {
  const upperClosed = edges === "(lo,hi]";
  const oneAlone = edges === "[lo,hi),{1}";
  const count = oneAlone ? bins + 1 : bins;
  const low = Float64Array.from({ length: count }, (_, i) => i / bins);
  const high = Float64Array.from({ length: count }, (_, i) => Math.min(1, (i + 1) / bins));
  const firstEnd = count === 1 ? Infinity : upperClosed ? nextAbove(high[0]) : high[0];
  const indexOf = (confidence: number): number => {
    // Where most classes of most rows are.
    if (confidence < firstEnd) return 0;
    if (oneAlone && confidence === 1) return bins;
    let i = Math.min(bins - 1, Math.floor(confidence * bins));
    // confidence · bins is rounded, so it may lie just across an edge of that bin: the edges themselves decide.
    while (i > 0 && (upperClosed ? confidence <= low[i] : confidence < low[i])) i--;
    while (i < bins - 1 && (upperClosed ? confidence > high[i] : confidence >= high[i])) i++;
    return i;
  };
  return { count, low, high, firstEnd, indexOf };
}

/** The least float64 above a positive one. */
function nextAbove(x: number): number {
  const bits = new BigInt64Array(Float64Array.of(x).buffer);
  bits[0]++;
  return new Float64Array(bits.buffer)[0];
}
