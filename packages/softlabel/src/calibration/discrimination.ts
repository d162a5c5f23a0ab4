import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";
import { readOptions } from "../statistics/read-options.ts";
import { type ConfidenceLevels, confidenceLevels } from "./confidence-levels.ts";
import { type Outcomes, requireOutcomes } from "./top-label.ts";

/**
 * Area under the ROC curve of the confidence: how well it tells right rows from wrong ones.
 *
 *     AUROC = P(confidence of a right row > confidence of a wrong row) + ½ · P(they are equal)
 *
 * Whether the confidences are right as numbers does not matter, only their order. 1 if every right row is more
 * confident than every wrong one, ½ if everything ties. Not defined without a right and a wrong row.
 * @param outcomes - One row at least.
 * @returns In [0, 1]; `null` if all rows are right or all are wrong.
 * @throws {@link ArgumentError} if outcomes are out of range or empty.
 * @example
 * auroc({ confidence: [0.9, 0.7, 0.7, 0.5], correct: [1, 0, 1, 1] }); // 0.5
 * @see Hanley and McNeil 1982, https://doi.org/10.1148/radiology.143.1.7063747
 */
export function auroc(outcomes: Outcomes): number | null {
  requireOutcomes(outcomes);
  return aurocOfLevels(confidenceLevels(outcomes));
}

/** {@link auroc} of the rows of these levels. */
export function aurocOfLevels({ length, right, wrong }: ConfidenceLevels): number | null {
  let rightRows = 0;
  let wrongBelow = 0;
  let pairs = 0;
  for (let level = 0; level < length; level++) {
    pairs += right[level] * (wrongBelow + wrong[level] / 2);
    rightRows += right[level];
    wrongBelow += wrong[level];
  }
  return rightRows === 0 || wrongBelow === 0 ? null : pairs / (rightRows * wrongBelow);
}

/**
 * Share of the wrong rows that pass the confidence which lets through a given share of the right ones: FPR95.
 *
 *     wrong rows with confidence ≥ c / wrong rows        c the largest confidence with recall ≥ `recall`
 *
 * A threshold takes rows that tie all together. torch-uncertainty takes the threshold whose recall is nearest to 0.95,
 * which may lie below it.
 * @param outcomes - One row at least.
 * @param options.recall - In (0, 1]; 0.95 by default.
 * @returns In [0, 1]; `null` if all rows are right or all are wrong.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * falsePositiveRateAtRecall({ confidence: [0.9, 0.8, 0.7, 0.6], correct: [1, 0, 1, 0] }); // 0.5
 * @see Liang et al. 2018, https://arxiv.org/abs/1706.02690
 */
export function falsePositiveRateAtRecall(
  outcomes: Outcomes,
  options: { readonly recall?: number } = {},
): number | null {
  const { recall = 0.95 } = readOptions(options);
  requireOutcomes(outcomes);
  if (!(typeof recall === "number" && recall > 0 && recall <= 1))
    throw new ArgumentError(`recall must be in (0, 1], got ${describe(recall)}`);
  return rateOfLevels(confidenceLevels(outcomes), recall);
}

/** {@link falsePositiveRateAtRecall} of the rows of these levels. */
export function rateOfLevels({ length, right, wrong }: ConfidenceLevels, recall: number): number | null {
  const sum = (counts: Uint32Array): number => counts.reduce((total, count) => total + count, 0);
  const [rightRows, wrongRows] = [sum(right), sum(wrong)];
  if (rightRows === 0 || wrongRows === 0) return null;
  let passedRight = 0;
  let passedWrong = 0;
  for (let level = length - 1; passedRight / rightRows < recall; level--) {
    passedRight += right[level];
    passedWrong += wrong[level];
  }
  return passedWrong / wrongRows;
}
