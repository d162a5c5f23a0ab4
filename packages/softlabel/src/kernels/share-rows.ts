import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import type { ClassPrior } from "./class-prior.ts";
import { type LogitRows, readPerRow } from "./read-rows.ts";
import type { RowScratch } from "./row-scratch.ts";

/**
 * Writes the shares of q and u in q′, row by row.
 *
 * Under "other-classes" with a uniform prior over `allowed` classes, q′ = (1 − ε)·q + ε·(1 − q)/(allowed − 1) is
 * hard·q + smooth·u with
 *
 *     smooth = ε·allowed/(allowed − 1),   hard = 1 − smooth
 *
 * @returns Whether the kernel can take them: it cannot where ε is so large that hard < 0.
 * @throws {@link ArgumentError} if ε is wrong.
 */
export function shareRows(
  logits: LogitRows,
  { hard, smooth }: RowScratch,
  { allowed }: ClassPrior,
  { labelSmoothing = 0, convention }: SoftmaxCrossEntropyOptions,
): boolean {
  const widening = convention === "other-classes" ? allowed / (allowed - 1) : 1;
  const classy = convention === "classy-vision";
  if (typeof labelSmoothing === "number") {
    if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) return false;
    const share = classy ? labelSmoothing / (1 + labelSmoothing) : labelSmoothing * widening;
    hard.fill(classy ? 1 / (1 + labelSmoothing) : 1 - share);
    smooth.fill(share);
    return share <= 1;
  }
  if (!readPerRow(labelSmoothing, "labelSmoothing", logits, 1, smooth)) return false;
  for (let row = 0; row < smooth.length; row++) {
    const ε = smooth[row];
    smooth[row] = classy ? ε / (1 + ε) : ε * widening;
    hard[row] = classy ? 1 / (1 + ε) : 1 - smooth[row];
    if (smooth[row] > 1) return false;
  }
  return true;
}
