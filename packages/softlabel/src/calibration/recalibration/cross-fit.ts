import { ArgumentError } from "../../core/argument-error.ts";
import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import type { Recalibrated, Recalibrator } from "./recalibrator.ts";
import { type FoldOptions, stratifiedFolds } from "./stratified-folds.ts";

/** Every row recalibrated by what other rows were fitted to. */
export interface CrossFit<Fitted extends Recalibrator> {
  /** In the order of the rows that came. */
  readonly predictions: Recalibrated;
  /** The fold of each row. */
  readonly folds: Uint32Array;
  /** `recalibrators[f]` was fitted on every row but those of fold f, and applied to those. */
  readonly recalibrators: readonly Fitted[];
}

/**
 * Recalibrates every row by a fit to the other folds, so that all rows can be judged and none was fitted on.
 *
 *     for each fold f:   recalibrate the rows of f by fit(rows not of f)
 *
 * Folds are stratified by label and depend on the seed alone. What is judged is the method at (k − 1)/k of the rows;
 * for use, fit once more on all of them.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], two rows at least.
 * @param fit - Such as {@link fitTemperatureScaling}.
 * @throws {@link ArgumentError} if an argument is out of range, or `fit` throws it.
 * @example
 * const labels = [0, 1, 1, 0, 1, 0];
 * const predictions = { data: [3, 0, 0, 1, 2, 0, 1, 0, 0, 4, 0, 1], shape: [6, 2], kind: "logits" };
 * const { predictions: mended } = crossFit(labels, predictions, fitTemperatureScaling, { folds: 3, seed: 7 });
 * negativeLogLikelihood(labels, mended); // 0.75206024
 */
export function crossFit<Fitted extends Recalibrator>(
  labels: Labels,
  predictions: Predictions,
  fit: (labels: Labels, predictions: Predictions) => Fitted,
  options: FoldOptions = {},
): CrossFit<Fitted> {
  requireLabelled(labels, predictions);
  const folds = stratifiedFolds(labels, options);
  const [rows, classes] = predictions.shape;
  const data = new Float64Array(rows * classes);
  let kind: Predictions["kind"] | null = null;
  const recalibrators = Array.from({ length: options.folds ?? 5 }, (_, fold) => {
    const all = Array.from(folds, (_, row) => row);
    const held = all.filter((row) => folds[row] === fold);
    const others = all.filter((row) => folds[row] !== fold);
    const fitted = fit(
      others.map((row) => labels[row]),
      takeRows(predictions, others),
    );
    // Other rows for certain, even where all rows are alike.
    const mended = fitted.apply(takeRows(predictions, held), { inSample: true });
    if (kind !== null && kind !== mended.kind) {
      throw new ArgumentError(`fit must always give predictions of one kind, got ${kind} and ${mended.kind}`);
    }
    kind = mended.kind;
    for (const [at, row] of held.entries()) {
      data.set(mended.data.subarray(at * classes, (at + 1) * classes), row * classes);
    }
    return fitted;
  });
  return { predictions: { data, shape: [rows, classes], kind: kind ?? predictions.kind }, folds, recalibrators };
}

function takeRows({ data, shape, kind }: Predictions, rows: readonly number[]): Predictions {
  const classes = shape[1];
  const taken = new Float64Array(rows.length * classes);
  for (const [at, row] of rows.entries()) {
    for (let k = 0; k < classes; k++) taken[at * classes + k] = data[row * classes + k];
  }
  return { data: taken, shape: [rows.length, classes], kind };
}
