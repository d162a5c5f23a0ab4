import type { ReliabilityBin } from "./reliability-diagram.ts";
import type { UniformBins } from "./uniform-bins.ts";

/** Bins of equal width for every class, filled row by row or, where a kernel has done most of it, from its sums. */
export interface ClassBins {
  /** Below it a probability belongs to the first bin, where most are. */
  readonly firstEnd: number;
  /** Puts each class's probability in one row into its bin. */
  readonly addRow: (label: number, probabilities: Float64Array) => void;
  /** Puts one probability of a class into its bin. */
  readonly add: (label: number, probability: number) => void;
  /** Notes that a row's label is a class of this probability. */
  readonly hit: (label: number, probability: number) => void;
  /** Of so many rows, puts those that {@link ClassBins.add} was not given into the first bin, with their sum by class. */
  readonly addFirst: (rows: number, sums: Float64Array) => void;
  /** What the bins hold, in the order of the classes. */
  readonly diagrams: () => readonly (readonly ReliabilityBin[])[];
}

/** Empty bins for so many classes. */
export function classBins(classes: number, { count: bins, low, high, firstEnd, indexOf }: UniformBins): ClassBins {
  // Bin by bin, so that the classes of the first bin, which most of a row's are, lie side by side.
  const counts = new Uint32Array(classes * bins);
  const hits = new Uint32Array(classes * bins);
  const sums = new Float64Array(classes * bins);
  const add = (label: number, probability: number): void => {
    const at = indexOf(probability) * classes + label;
    counts[at]++;
    sums[at] += probability;
  };
  const hit = (label: number, probability: number): void => {
    hits[indexOf(probability) * classes + label]++;
  };
  const addRow = (label: number, probabilities: Float64Array): void => {
    for (let k = 0; k < classes; k++) {
      const p = probabilities[k];
      const at = indexOf(p) * classes + k;
      counts[at]++;
      sums[at] += p;
    }
    hit(label, probabilities[label]);
  };
  const addFirst = (rows: number, firstSums: Float64Array): void => {
    for (let k = 0; k < classes; k++) {
      let others = 0;
      for (let at = k; at < counts.length; at += classes) others += counts[at];
      counts[k] += rows - others;
      sums[k] += firstSums[k];
    }
  };
  const bin = (k: number, b: number): ReliabilityBin => {
    const at = b * classes + k;
    const count = counts[at];
    const share = (sum: number): number => (count === 0 ? 0 : sum / count);
    return { low: low[b], high: high[b], count, confidence: share(sums[at]), accuracy: share(hits[at]) };
  };
  const diagrams = (): ReliabilityBin[][] =>
    Array.from({ length: classes }, (_, k) => Array.from({ length: bins }, (__, b) => bin(k, b)));
  return { firstEnd, addRow, add, hit, addFirst, diagrams };
}
