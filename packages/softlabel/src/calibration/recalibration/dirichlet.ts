import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import { fitAffine } from "./fit-affine.ts";
import { type AffineMap, applyAffine, logitRows, reportOf, type SearchReport } from "./linear-map.ts";
import { type ClipOptions, logProbabilities, readClip } from "./log-probabilities.ts";
import { type OffDiagonalOptions, readAffine, requireOffDiagonal } from "./off-diagonal.ts";
import { readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrator } from "./recalibrator.ts";
import type { FollowOptions } from "./search-progress.ts";

/** What Dirichlet calibration has fitted. */
export interface DirichletParameters extends AffineMap {
  readonly clip: number | null;
  /** Whether the search for them reached the optimum. */
  readonly converged: boolean;
}

/** How Dirichlet calibration is fitted. */
export interface DirichletOptions extends OffDiagonalOptions, ClipOptions, FollowOptions {}

/** A fitted Dirichlet calibration. */
export interface Dirichlet extends Recalibrator<DirichletParameters> {
  readonly search: SearchReport;
}

/**
 * Dirichlet calibration with off-diagonal and intercept regularisation: an affine map of the log-probabilities.
 *
 *     p′ = softmax(W·ln p + b)
 *     minimise NLL + λ/(K(K − 1)) · Σ_{i≠j} W[i][j]² + μ/K · Σ b[j]²
 *
 * What is right if the probabilities of each true class are Dirichlet-distributed. Matrix scaling whose logits are
 * ln p: the offset of a row's logits does not matter. Convex. It changes predictions.
 * Where the search stopped before the optimum, `search.converged` and `parameters.converged` are false.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes].
 * @param options.offDiagonal - λ; 0 is refused for more than 50 classes.
 * @throws {@link ArgumentError} if an argument is out of range, or a probability is 0 and `clip` is not given.
 * @see Kull et al. 2019, §3, https://arxiv.org/abs/1910.12656
 */
export function fitDirichlet(labels: Labels, predictions: Predictions, options: DirichletOptions = {}): Dirichlet {
  requireLabelled(labels, predictions);
  const regularization = requireOffDiagonal(options, predictions.shape[1]);
  const clip = readClip(options.clip);
  const rows = logitRows(labels, predictions, logProbabilities(predictions, clip));
  const { map, minimum } = fitAffine(rows, predictions, regularization, options);
  return {
    ...fittedRecalibrator(dirichletMethod, { ...map, clip, converged: minimum.converged }, predictions),
    search: reportOf(minimum),
  };
}

export const dirichletMethod: Method<DirichletParameters> = {
  name: "dirichlet",
  apply: (parameters, predictions) =>
    applyAffine(parameters, logProbabilities(predictions, parameters.clip), predictions.shape[0]),
  read: (parameters, classes) => ({
    ...readAffine(parameters, classes),
    clip: readClip(readObject("parameters", parameters).clip),
    converged: readObject("parameters", parameters).converged === true,
  }),
};
