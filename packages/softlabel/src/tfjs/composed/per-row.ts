import {
  abs,
  add,
  broadcastTo,
  greaterEqual,
  log,
  mul,
  onesLike,
  type Tensor,
  type Tensor2D,
  where,
  zerosLike,
} from "@tensorflow/tfjs-core";

/** One number for all rows, or one per row, of shape [rows, 1]. */
export type PerRow = number | Tensor2D;

export function times(x: PerRow, y: PerRow): PerRow {
  return typeof x === "number" && typeof y === "number" ? x * y : mul(x, y);
}

/** x·m without the operation where m is 1 to float32's digits, which it is for labels that are distributions. */
export function timesMass(x: Tensor2D, m: PerRow): Tensor2D {
  return typeof m === "number" && Math.abs(m - 1) < 2 ** -24 ? x : mul(x, m);
}

export function plus(x: PerRow, y: PerRow): PerRow {
  return typeof x === "number" && typeof y === "number" ? x + y : add(x, y);
}

/**
 * share·x without the rows where the share is 0: 0·∞ would turn a masked logit, or one of a row that is left out, into
 * NaN.
 *
 * @param x - Shape [rows, 1] or [rows, classes].
 * @returns Undefined where no row has a share.
 */
export function shareOf(share: PerRow, x: () => Tensor2D): Tensor2D | undefined {
  if (typeof share === "number") return share === 0 ? undefined : mul(x(), share);
  return zeroWhere(share, mul(x(), share));
}

/** x, but 0 where `factor`, which broadcasts to x, is 0. */
export function zeroWhere<X extends Tensor>(factor: Tensor, x: X): X {
  return where(broadcastTo(isZero(factor), x.shape), zerosLike(x), x) as X;
}

/** By the one comparison that has a gradient, which is 0. NaN, which a label that is no class makes, is not 0. */
export const isZero = (x: Tensor): Tensor => greaterEqual(0, abs(x));

/** x·log x, 0 at 0. */
export function xLogX<X extends Tensor>(x: X): X {
  return mul(x, log(where(greaterEqual(0, x), onesLike(x), x))) as X;
}

/** The sum of what there is. */
export function total(a: Tensor2D | undefined, b: Tensor2D | undefined): Tensor2D | undefined {
  return a && b ? (add(a, b) as Tensor2D) : (a ?? b);
}
