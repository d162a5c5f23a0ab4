import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { type Predictions, requirePredictions } from "./predictions.ts";
import { argmaxOfRow } from "./softmax-row.ts";

/**
 * Divides the logits by a temperature: T > 1 makes every row less confident, T < 1 more.
 *
 *     logits: z / T        probabilities: p^(1/T) / Σ p^(1/T), the same softmax
 *
 * The order of the classes stays, so the accuracy does too (but where rounding makes two unequal logits equal). T = 1
 * changes nothing but the sum of a row of probabilities, to 1. A class of probability 0 keeps it.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param temperature - T, finite and above 0.
 * @returns Predictions of the same shape and kind, in float64.
 * @throws {@link ArgumentError} if predictions or temperature are out of range.
 * @see Guo et al. 2017, §4.2, https://arxiv.org/abs/1706.04599
 */
export function applyTemperature(
  predictions: Predictions,
  temperature: number,
): Predictions & { readonly data: Float64Array } {
  requirePredictions(predictions);
  if (!(typeof temperature === "number" && temperature > 0 && temperature < Infinity)) {
    throw new ArgumentError(`temperature must be finite and above 0, got ${describe(temperature)}`);
  }
  const { shape, kind } = predictions;
  const [rows, classes] = shape;
  const data = new Float64Array(predictions.data);
  if (kind === "logits") {
    for (let i = 0; i < data.length; i++) data[i] /= temperature;
    return { data, shape, kind };
  }
  for (let row = 0; row < rows; row++) {
    const start = row * classes;
    const max = Math.log(data[start + argmaxOfRow(data, start, classes)]);
    let sum = 0;
    for (let i = start; i < start + classes; i++) {
      data[i] = Math.exp((Math.log(data[i]) - max) / temperature);
      sum += data[i];
    }
    for (let i = start; i < start + classes; i++) data[i] /= sum;
  }
  return { data, shape, kind };
}
