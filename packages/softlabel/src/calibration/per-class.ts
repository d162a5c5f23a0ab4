import { scoreRowsAndClasses } from "./classwise-calibration-error.ts";
import type { CalibrationErrorOptions } from "./expected-calibration-error.ts";
import type { Labels, Predictions } from "./predictions.ts";
import type { RowScores } from "./row-scores.ts";

/** One class: the rows that have it as their label, and the rows that are predicted to. */
export interface ClassSummary {
  readonly label: number;
  /** Rows with this label. */
  readonly support: number;
  /** Rows predicted to have it. */
  readonly predicted: number;
  /** Share of the rows with this label that are right: the accuracy on the class; `null` without support. */
  readonly recall: number | null;
  /** Share of the rows predicted to have it that are right; `null` if there is none. */
  readonly precision: number | null;
  /** Mean confidence of the rows predicted to have it; above `precision` it is over-confident. `null` if there is none. */
  readonly confidence: number | null;
  /** Of its probability in every row against "the label is this class". */
  readonly calibrationError: number;
  /** Brier score, summed over classes, of the rows with this label; `null` without support. */
  readonly brier: number | null;
  /** Negative log-likelihood of the rows with this label, in nats; `null` without support. */
  readonly nll: number | null;
}

/**
 * A summary of every class, in the order of the classes.
 *
 * Weighted by support, recall, Brier score and NLL average to those of all rows; weighted by `predicted`, precision and
 * confidence do. The mean of the calibration errors is the classwise one.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options - Of the calibration error, as of {@link expectedCalibrationError}.
 * @throws {@link ArgumentError} if an argument is out of range.
 */
export function perClass(
  labels: Labels,
  predictions: Predictions,
  options: CalibrationErrorOptions = {},
): readonly ClassSummary[] {
  const { rows, errors } = scoreRowsAndClasses(labels, predictions, options);
  return summarizeClasses(labels, rows, errors);
}

/** The same from what was computed before. */
export function summarizeClasses(labels: Labels, scores: RowScores, errors: Float64Array): readonly ClassSummary[] {
  const classes = errors.length;
  const support = new Uint32Array(classes);
  const predicted = new Uint32Array(classes);
  const right = new Uint32Array(classes);
  const confidence = new Float64Array(classes);
  const brier = new Float64Array(classes);
  const nll = new Float64Array(classes);
  for (let row = 0; row < scores.correct.length; row++) {
    const [label, top] = [labels[row], scores.predicted[row]];
    support[label]++;
    predicted[top]++;
    right[top] += scores.correct[row];
    confidence[top] += scores.confidence[row];
    brier[label] += scores.squaredError[row];
    nll[label] += scores.logLoss[row];
  }
  const share = (sum: number, count: number): number | null => (count === 0 ? null : sum / count);
  return Array.from(errors, (calibrationError, label) => ({
    label,
    support: support[label],
    predicted: predicted[label],
    recall: share(right[label], support[label]),
    precision: share(right[label], predicted[label]),
    confidence: share(confidence[label], predicted[label]),
    calibrationError,
    brier: share(brier[label], support[label]),
    nll: share(nll[label], support[label]),
  }));
}
