import type { ReliabilityBin } from "./reliability-diagram.ts";
import type { UniformBins } from "./uniform-bins.ts";

/** Bins of equal width for every class, filled row by row. */
export interface ClassBins {
  /** Puts each class's probability in one row into its bin. */
  readonly add: (label: number, probabilities: Float64Array) => void;
  /** What the bins hold, in the order of the classes. */
  readonly diagrams: () => readonly (readonly ReliabilityBin[])[];
}

/** Empty bins for so many classes. */
export function classBins(classes: number, { count: bins, low, high, indexOf }: UniformBins): ClassBins {
  // Bin by bin, so that the classes of the first bin, which most of a row's are, lie side by side.
  const counts = new Uint32Array(classes * bins);
  const hits = new Uint32Array(classes * bins);
  const sums = new Float64Array(classes * bins);
  const add = (label: number, probabilities: Float64Array): void => {
    for (let k = 0; k < classes; k++) {
      const p = probabilities[k];
      const at = indexOf(p) * classes + k;
      counts[at]++;
      sums[at] += p;
    }
    hits[indexOf(probabilities[label]) * classes + label]++;
  };
  const bin = (k: number, b: number): ReliabilityBin => {
    const at = b * classes + k;
    const count = counts[at];
    const share = (sum: number): number => (count === 0 ? 0 : sum / count);
    return { low: low[b], high: high[b], count, confidence: share(sums[at]), accuracy: share(hits[at]) };
  };
  const diagrams = (): ReliabilityBin[][] =>
    Array.from({ length: classes }, (_, k) => Array.from({ length: bins }, (__, b) => bin(k, b)));
  return { add, diagrams };
}
