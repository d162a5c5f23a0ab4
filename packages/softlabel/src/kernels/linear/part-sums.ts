import type { SmoothedLoss } from "../../core/result.ts";

type PerRow = SmoothedLoss<{ readonly reduction: "none" }>;
type Part = (typeof parts)[number];
const parts = ["loss", "crossEntropy", "priorCrossEntropy", "floor"] as const;

/** The parts of the loss of rows that come slice by slice, summed or kept row by row. */
export interface PartSums {
  /** @param rows - The numbers of the rows that `result` is of. */
  readonly add: (rows: Int32Array, result: PerRow) => void;
  readonly reduced: () => Record<Part, number | Float64Array>;
}

/** @param initial - What every sum begins with. @param none - Whether the rows are kept apart. */
export function partSums(rows: number, initial: number, none: boolean): PartSums {
  const sums = parts.map((part) => [part, new Float64Array(none ? rows : 1).fill(initial)] as const);
  return {
    add(rows, result) {
      for (const [part, sum] of sums) {
        const values = result[part];
        for (let i = 0; i < rows.length; i++) sum[none ? rows[i] : 0] += values[i];
      }
    },
    reduced: () => Object.fromEntries(sums.map(([part, sum]) => [part, none ? sum : sum[0]])) as Record<Part, number>,
  };
}
