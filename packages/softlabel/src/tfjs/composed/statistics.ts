import { exp, fill, log, max, mul, sub, sum, type Tensor2D, where } from "@tensorflow/tfjs-core";
import { lookUp } from "./labels.ts";
import { type PerRow, plus, times, zeroWhere } from "./per-row.ts";
import { step } from "./rows.ts";
import { isIndices, type Targets } from "./targets.ts";

/**
 * What a pass over the logits leaves of each row; z is measured from its largest, so that nothing overflows and adding a
 * constant to a row changes nothing. Shape [rows, 1] each.
 */
export interface Statistics extends LogSums {
  /** Σ u·(z − top), of a u that is one number Σ (z − top); undefined: u has no part in the loss. */
  readonly u: Tensor2D | undefined;
  /** Σ q·(z − top); likewise. */
  readonly q: Tensor2D | undefined;
}

/** All that p = exp(z − top − logSum) needs. */
export interface LogSums {
  /** max z */
  readonly top: Tensor2D;
  /** log Σ exp(z − top); NaN where the label is no class, since no error can be thrown from a device. */
  readonly logSum: Tensor2D;
}

/** @param z - Shape [rows, classes]. */
export function statisticsOf(z: Tensor2D, { a, b, u, q }: Targets): Statistics {
  const top = max(z, 1, true) as Tensor2D;
  const shift = sub(z, top) as Tensor2D;
  const sums = {
    u: a === 0 ? undefined : typeof u === "number" ? (sum(shift, 1, true) as Tensor2D) : dot(u, shift),
    q: b === 0 ? undefined : isIndices(q) ? lookUp(shift, q.label) : dot(q, shift),
  };
  const expSum = step(step(shift, exp), (x) => sum(x, 1, true));
  return { top, logSum: marked(log(expSum), q), ...sums };
}

/** NaN where a label is no class. */
export function marked(logSum: Tensor2D, q: Targets["q"]): Tensor2D {
  return isIndices(q) ? where(q.exists, logSum, fill(logSum.shape, Number.NaN)) : logSum;
}

/** Σ t·x without the classes where t is 0: there x may be ∞. */
function dot(t: Tensor2D, x: Tensor2D): Tensor2D {
  const terms = step(mul(t, x), (product) => zeroWhere(t, product));
  return step(terms, (each) => sum(each, 1, true));
}

/** m = Σ t of each row. */
export function massOf({ a, b, u, q }: Targets, classes: number): PerRow {
  const ofU = typeof u === "number" ? u * classes : (sum(u, 1, true) as Tensor2D);
  return plus(times(a, ofU), times(b, isIndices(q) ? 1 : (sum(q, 1, true) as Tensor2D)));
}
