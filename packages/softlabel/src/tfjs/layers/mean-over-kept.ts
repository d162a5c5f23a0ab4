import { cast, divNoNan, logicalAnd, mul, notEqual, sum, type Tensor } from "@tensorflow/tfjs-core";
import type { SmoothingOptions } from "../../core/options.ts";

/**
 * Scales the rows' losses so that their plain mean, which `model.fit` takes, is the mean over the rows that are kept.
 *
 *     loss · rows / kept
 *
 * @param labels - Class indices; the losses of those to be ignored are 0 already. Nothing kept gives 0.
 */
export function meanOverKept(losses: Tensor, labels: Tensor, options: SmoothingOptions): Tensor {
  const marks = [options.ignoreIndex, options.paddingIndex].filter((mark) => mark !== undefined);
  if (marks.length === 0) return losses;
  const kept = marks.map((mark) => notEqual(labels, mark)).reduce((all, some) => logicalAnd(all, some));
  return mul(losses, divNoNan(losses.size, sum(cast(kept, "float32"))));
}
