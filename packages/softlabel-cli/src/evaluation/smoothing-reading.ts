import { softmaxCrossEntropy } from "softlabel";
import type { SmoothingReading } from "./evaluation.ts";
import type { LabelledRows } from "./judged-rows.ts";

/** Numbers that are read at a time, where logarithms make a copy. */
const numbersAtOnce = 1 << 20;

/**
 * What the ε of the training means for predictions: the floor of its loss, the loss itself, and the confidence that it
 * aims at.
 *
 * @param temperature - fitted on rows beside these; null where there is none.
 */
export function readSmoothing(
  given: LabelledRows,
  epsilon: number,
  meanConfidence: number,
  temperature: number | null,
): SmoothingReading {
  const [rows, classes] = given.shape;
  const atOnce = Math.max(1, Math.floor(numbersAtOnce / classes));
  let smoothedLoss = 0;
  let floor = 0;
  for (let row = 0; row < rows; row += atOnce) {
    const until = Math.min(rows, row + atOnce);
    const part = given.data.subarray(row * classes, until * classes);
    const logits = {
      data: given.kind === "logits" ? part : Float64Array.from(part, Math.log),
      shape: [until - row, classes],
    };
    const labels = given.labels.subarray(row, until);
    const loss = softmaxCrossEntropy(labels, logits, { labelSmoothing: epsilon, reduction: "sum" });
    smoothedLoss += loss.loss;
    floor += loss.floor;
  }
  return {
    epsilon,
    floor: floor / rows,
    smoothedLoss: smoothedLoss / rows,
    targetConfidence: 1 - epsilon + epsilon / classes,
    meanConfidence,
    temperature,
  };
}
