import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { fitTemperature, type TemperatureFit } from "../fit-temperature.ts";
import { type Labels, type Predictions, requireLabelled } from "../predictions.ts";
import { probabilitiesOfRow } from "../softmax-row.ts";
import type { Objective } from "./line-search.ts";
import { reportOf, type SearchReport } from "./linear-map.ts";
import { minimizeConvex } from "./minimize-convex.ts";
import { readNumbers, readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrated, type Recalibrator } from "./recalibrator.ts";
import { readTemperature, scaleByTemperature } from "./temperature-scaling.ts";

/** What ensemble temperature scaling has fitted. */
export interface EnsembleParameters {
  /** T in [0, ∞]. */
  readonly temperature: number;
  /** w₁ of p_T, w₂ of p and w₃ of the uniform distribution: each above 0, their sum 1. */
  readonly weights: readonly number[];
}

/** A fitted ensemble. */
export interface EnsembleTemperature extends Recalibrator<EnsembleParameters> {
  readonly fit: TemperatureFit;
  readonly search: SearchReport;
}

/**
 * Ensemble temperature scaling: the tempered, the original and the uniform probabilities, mixed.
 *
 *     p′ = w₁·p_T + w₂·p + w₃/K        T by maximum likelihood, then
 *     minimise over w   −Σ ln p′[label] − c·(ln w₁ + ln w₂ + ln w₃),   Σ w = 1
 *
 * The method of Zhang et al. with one addition: a Dirichlet prior on the weights that counts as c rows for each part,
 * Laplace's rule of succession for c = 1. So w₃ ≥ c/(N + 3c), no probability is 0 or 1 and no log-loss infinite, even
 * when every row of the fit is right. It changes no prediction. Convex in w.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options.priorRows - c, above 0; 1 by default.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @see Zhang, Kailkhura and Han 2020, §3.2, https://arxiv.org/abs/2003.07329
 */
export function fitEnsembleTemperature(
  labels: Labels,
  predictions: Predictions,
  options: { readonly priorRows?: number } = {},
): EnsembleTemperature {
  requireLabelled(labels, predictions);
  const { priorRows = 1 } = readOptions(options);
  if (!(typeof priorRows === "number" && priorRows > 0 && priorRows < Infinity)) {
    throw new ArgumentError(`priorRows must be finite and above 0, got ${describe(priorRows)}`);
  }
  const fit = fitTemperature(labels, predictions);
  const tempered = ofLabels(labels, scaleByTemperature(predictions, fit.temperature));
  const original = ofLabels(labels, predictions);
  const objective = mixtureNll(tempered, original, 1 / predictions.shape[1], priorRows);
  const minimum = minimizeConvex(objective, [1 / 3, 1 / 3]);
  const [first, second] = minimum.x;
  const parameters = { temperature: fit.temperature, weights: [first, second, 1 - first - second] };
  return { ...fittedRecalibrator(ensembleMethod, parameters, predictions), fit, search: reportOf(minimum) };
}

/** The probability of each row's label. */
function ofLabels(labels: Labels, predictions: Predictions): Float64Array {
  const p = new Float64Array(predictions.shape[1]);
  return Float64Array.from({ length: labels.length }, (_, row) => {
    probabilitiesOfRow(predictions, row, p);
    return p[labels[row]];
  });
}

/** The objective in nats per row, of w₁ and w₂. */
function mixtureNll(tempered: Float64Array, original: Float64Array, uniform: number, priorRows: number): Objective {
  const rows = tempered.length;
  return (weights, gradient) => {
    const [first, second] = weights;
    const third = 1 - first - second;
    if (!(first > 0 && second > 0 && third > 0)) return Infinity;
    let value = -priorRows * (Math.log(first) + Math.log(second) + Math.log(third));
    gradient[0] = -priorRows * (1 / first - 1 / third);
    gradient[1] = -priorRows * (1 / second - 1 / third);
    for (let row = 0; row < rows; row++) {
      const p = first * tempered[row] + second * original[row] + third * uniform;
      value -= Math.log(p);
      gradient[0] -= (tempered[row] - uniform) / p;
      gradient[1] -= (original[row] - uniform) / p;
    }
    gradient[0] /= rows;
    gradient[1] /= rows;
    return value / rows;
  };
}

export const ensembleMethod: Method<EnsembleParameters> = {
  name: "ensemble",
  apply({ temperature, weights }, predictions): Recalibrated {
    const [rows, classes] = predictions.shape;
    const tempered = scaleByTemperature(predictions, temperature);
    const data = new Float64Array(rows * classes);
    const p = new Float64Array(classes);
    const scaled = new Float64Array(classes);
    for (let row = 0; row < rows; row++) {
      probabilitiesOfRow(predictions, row, p);
      probabilitiesOfRow(tempered, row, scaled);
      for (let k = 0; k < classes; k++) {
        data[row * classes + k] = weights[0] * scaled[k] + weights[1] * p[k] + weights[2] / classes;
      }
    }
    return { data, shape: predictions.shape, kind: "probabilities" };
  },
  write: ({ temperature, weights }) => ({ temperature: temperature === Infinity ? "Infinity" : temperature, weights }),
  read(parameters) {
    const { temperature, weights } = readObject("parameters", parameters);
    return {
      temperature: readTemperature(temperature),
      weights: readNumbers("parameters.weights", weights, 3, 0, 1),
    };
  },
};
