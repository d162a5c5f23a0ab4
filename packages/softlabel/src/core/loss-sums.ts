import { type ReductionOptions, requireOneOf } from "./options.ts";

/** The four parts of a smoothed loss, summed over the rows or kept row by row. */
export interface LossSums {
  /**
   * Adds one row, times its scale.
   *
   * @param shares - Of q and of u in q′.
   * @param hq - H(q, p) @param hu - H(u, p) @param h - H(q′), the floor
   */
  readonly add: (row: number, scale: number, shares: Shares, hq: number, hu: number, h: number) => void;
  /** Numbers, or under `reduction: "none"` one number per row. */
  readonly reduced: () => Record<"loss" | "crossEntropy" | "priorCrossEntropy" | "floor", number | Float64Array>;
}

/** q′ = hard·q + smooth·u */
export interface Shares {
  readonly hard: number;
  readonly smooth: number;
}

/** @param initial - What every sum begins with. */
export function lossSums(rows: number, initial: number, options: ReductionOptions): LossSums {
  const subtractFloor = requireOneOf(options.subtractFloor, [false, true], "subtractFloor");
  const none = options.reduction === "none";
  const sums = (): Float64Array => new Float64Array(none ? rows : 1).fill(initial);
  const [loss, crossEntropy, priorCrossEntropy, floor] = [sums(), sums(), sums(), sums()];
  const reduced = (part: Float64Array): number | Float64Array => (none ? part : part[0]);
  return {
    add(row, scale, { hard, smooth }, hq, hu, h) {
      // A share of 0 drops its term: 0·∞ would turn a masked logit into NaN.
      const hqPrime = (hard > 0 ? hard * hq : 0) + (smooth > 0 ? smooth * hu : 0);
      const to = none ? row : 0;
      loss[to] += scale * (subtractFloor ? hqPrime - h : hqPrime);
      crossEntropy[to] += scale * hq;
      priorCrossEntropy[to] += scale * hu;
      floor[to] += scale * h;
    },
    reduced: () => ({
      loss: reduced(loss),
      crossEntropy: reduced(crossEntropy),
      priorCrossEntropy: reduced(priorCrossEntropy),
      floor: reduced(floor),
    }),
  };
}
