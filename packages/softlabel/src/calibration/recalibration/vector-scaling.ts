import { readOptions } from "../../statistics/read-options.ts";
import { fitTemperature } from "../fit-temperature.ts";
import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import type { Objective } from "./line-search.ts";
import { diagonalNll, logitRows, meanSquares, reportOf, type SearchReport } from "./linear-map.ts";
import { type ClipOptions, finiteLogits, readClip } from "./log-probabilities.ts";
import { minimizeConvex } from "./minimize-convex.ts";
import { readNumber, readNumbers, readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrator } from "./recalibrator.ts";
import type { FollowOptions } from "./search-progress.ts";

/** What vector scaling has fitted. */
export interface VectorParameters {
  /** a, one per class; all 1 changes nothing. */
  readonly scales: readonly number[];
  /** b, one per class. */
  readonly intercepts: readonly number[];
  readonly clip: number | null;
  /** Whether the search for them reached the optimum. */
  readonly converged: boolean;
}

/** How vector scaling is fitted. */
export interface VectorScalingOptions extends ClipOptions, FollowOptions {
  /** λ ≥ 0, the weight of one normal prior of unit variance around the identity; 1 by default, 0 for none. */
  readonly regularization?: number;
}

/** A fitted vector scaling. */
export interface VectorScaling extends Recalibrator<VectorParameters> {
  readonly search: SearchReport;
}

/**
 * Vector scaling: each class its own scale and intercept.
 *
 *     p′ = softmax(a ⊙ z + b)
 *     minimise NLL + λ/2N · (Σ (aₖ − 1)² + Σ bₖ²)
 *
 * Convex; with λ > 0 it has one optimum, always finite, which the default prior moves by the weight of one row. With
 * λ = 0, as published, a class that is no label drives its b to −∞. It changes predictions, so accuracy too. z is taken
 * as it comes: another offset of a row's logits gives another result where the a differ.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes]; logits finite, or probabilities, which count as ln p.
 * @throws {@link ArgumentError} if an argument is out of range, or a probability is 0 and `clip` is not given.
 * @see Guo et al. 2017, §4.2, https://arxiv.org/abs/1706.04599
 */
export function fitVectorScaling(
  labels: Labels,
  predictions: Predictions,
  options: VectorScalingOptions = {},
): VectorScaling {
  requireLabelled(labels, predictions);
  const lambda = readNumber("regularization", readOptions(options).regularization ?? 1, 0);
  const clip = readClip(options.clip);
  const rows = logitRows(labels, predictions, finiteLogits(predictions, clip));
  const { classes } = rows;
  const nll = diagonalNll(rows);
  const weight = lambda / labels.length;
  const objective: Objective = (x, gradient) => {
    let value = nll(x, gradient);
    for (let i = 0; i < x.length; i++) {
      const beyond = i < classes ? x[i] - 1 : x[i];
      value += (weight / 2) * beyond ** 2;
      gradient[i] += weight * beyond;
    }
    return value;
  };
  const squares = meanSquares(rows);
  const scale = startScale(labels, predictions);
  const start = Float64Array.from({ length: 2 * classes }, (_, i) => (i < classes ? scale : 0));
  const inverseCurvature = start.map((_, i) => 1 / ((i < classes ? squares[i] : 1) / classes + weight || 1));
  const minimum = minimizeConvex(objective, start, { inverseCurvature, onIteration: options.onIteration });
  const parameters = {
    scales: [...minimum.x.subarray(0, classes)],
    intercepts: [...minimum.x.subarray(classes)],
    clip,
    converged: minimum.converged,
  };
  return { ...fittedRecalibrator(vectorMethod, parameters, predictions), search: reportOf(minimum) };
}

/** 1/T where temperature scaling has a finite one, 0 if nothing does better than uniform probabilities, else 1. */
export function startScale(labels: Labels, predictions: Predictions): number {
  const { status, inverseTemperature } = fitTemperature(labels, predictions);
  return status === "fitted" ? inverseTemperature : Number(status !== "uninformative");
}

export const vectorMethod: Method<VectorParameters> = {
  name: "vector",
  apply({ scales, intercepts, clip }, predictions) {
    const classes = scales.length;
    const data = Float64Array.from(
      finiteLogits(predictions, clip),
      (z, i) => scales[i % classes] * z + intercepts[i % classes],
    );
    return { data, shape: predictions.shape, kind: "logits" };
  },
  read(parameters, classes) {
    const { scales, intercepts, clip, converged } = readObject("parameters", parameters);
    return {
      scales: readNumbers("parameters.scales", scales, classes),
      intercepts: readNumbers("parameters.intercepts", intercepts, classes),
      clip: readClip(clip),
      converged: converged === true,
    };
  },
};
