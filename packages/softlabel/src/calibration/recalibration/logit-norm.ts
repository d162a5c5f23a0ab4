import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { type Predictions, requirePredictions } from "../predictions.ts";
import { finiteLogits } from "./log-probabilities.ts";

/**
 * Logit normalisation: a score to select rows by, where label smoothing has spoiled the order of the confidences.
 *
 *     score = max c / ‖c‖_p        c = z − mean(z), ‖c‖_p = (Σ |cₖ|ᵖ)^(1/p)
 *
 * Label smoothing pushes the largest logit down more where the model is right, which flattens the gap between right and
 * wrong rows; dividing by the norm restores it. A score, not a probability: it ranks rows and is not calibrated. The
 * predicted class, an offset and a positive scale of the logits do not matter. Choose p on validation rows by their
 * AURC. 0 for a row of equal logits, which favours no class.
 * @param predictions - Shape [rows, classes]; logits finite. Probabilities above 0 count as ln p, which gives the same.
 * @param options.norm - p in [1, ∞]; 2 by default.
 * @returns One score per row, in [0, 1]; higher is surer.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * logitNorm({ data: [4, 0, -1, 2, 1, 0], shape: [2, 3], kind: "logits" }); // [0.80178372, 0.70710678]
 * @see Xia et al. 2025, §5, https://arxiv.org/abs/2403.14715; Cattelan and Silva 2024, https://arxiv.org/abs/2305.15508
 */
export function logitNorm(predictions: Predictions, options: { readonly norm?: number } = {}): Float64Array {
  requirePredictions(predictions);
  const { norm = 2 } = readOptions(options);
  if (!(typeof norm === "number" && norm >= 1))
    throw new ArgumentError(`norm must be at least 1, got ${describe(norm)}`);
  const [rows, classes] = predictions.shape;
  const logits = finiteLogits(predictions, null);
  return Float64Array.from({ length: rows }, (_, row) => {
    const start = row * classes;
    let max = -Infinity;
    let min = Infinity;
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      if (logits[i] > max) max = logits[i];
      if (logits[i] < min) min = logits[i];
      sum += logits[i] - logits[start];
    }
    if (max === min) return 0;
    // Measured in the largest distance from the mean, so that no power overflows.
    const mean = logits[start] + sum / classes;
    const unit = Math.max(max - mean, mean - min);
    if (norm === Infinity) return (max - mean) / unit;
    let powers = 0;
    for (let i = start; i < start + classes; i++) powers += Math.abs((logits[i] - mean) / unit) ** norm;
    return (max - mean) / unit / powers ** (1 / norm);
  });
}
