import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import { fitAffine } from "./fit-affine.ts";
import { type AffineMap, applyAffine, logitRows, reportOf, type SearchReport } from "./linear-map.ts";
import { type ClipOptions, finiteLogits, readClip } from "./log-probabilities.ts";
import { type OffDiagonalOptions, readAffine, requireOffDiagonal } from "./off-diagonal.ts";
import { readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrator } from "./recalibrator.ts";
import type { FollowOptions } from "./search-progress.ts";

/** What matrix scaling has fitted. */
export interface MatrixParameters extends AffineMap {
  readonly clip: number | null;
  /** Whether the search for them reached the optimum. */
  readonly converged: boolean;
}

/** How matrix scaling is fitted. */
export interface MatrixScalingOptions extends OffDiagonalOptions, ClipOptions, FollowOptions {}

/** A fitted matrix scaling. */
export interface MatrixScaling extends Recalibrator<MatrixParameters> {
  readonly search: SearchReport;
}

/**
 * Matrix scaling: an affine map of the logits, kept near the diagonal.
 *
 *     p′ = softmax(W·z + b)
 *     minimise NLL + λ/(K(K − 1)) · Σ_{i≠j} W[i][j]² + μ/K · Σ b[j]²
 *
 * K² + K parameters: fitted without regularisation, Guo et al. report an ECE of 25 % after it on CIFAR-100, so λ = 0 is
 * refused here for more than 50 classes. Convex. It changes predictions, and depends on the offset of a row's logits;
 * {@link fitDirichlet} does not.
 * Where the search stopped before the optimum, `search.converged` and `parameters.converged` are false.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes]; logits finite, or probabilities, which count as ln p.
 * @throws {@link ArgumentError} if an argument is out of range, or a probability is 0 and `clip` is not given.
 * @see Guo et al. 2017, §4.2 and table 1, https://arxiv.org/abs/1706.04599
 * @see Kull et al. 2019, §3, https://arxiv.org/abs/1910.12656 (MS-ODIR)
 */
export function fitMatrixScaling(
  labels: Labels,
  predictions: Predictions,
  options: MatrixScalingOptions = {},
): MatrixScaling {
  requireLabelled(labels, predictions);
  const regularization = requireOffDiagonal(options, predictions.shape[1]);
  const clip = readClip(options.clip);
  const rows = logitRows(labels, predictions, finiteLogits(predictions, clip));
  const { map, minimum } = fitAffine(rows, predictions, regularization, options);
  return {
    ...fittedRecalibrator(matrixMethod, { ...map, clip, converged: minimum.converged }, predictions),
    search: reportOf(minimum),
  };
}

export const matrixMethod: Method<MatrixParameters> = {
  name: "matrix",
  apply: (parameters, predictions) =>
    applyAffine(parameters, finiteLogits(predictions, parameters.clip), predictions.shape[0]),
  read: (parameters, classes) => ({
    ...readAffine(parameters, classes),
    clip: readClip(readObject("parameters", parameters).clip),
    converged: readObject("parameters", parameters).converged === true,
  }),
};
