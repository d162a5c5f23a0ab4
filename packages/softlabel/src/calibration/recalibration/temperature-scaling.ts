import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { applyTemperature } from "../apply-temperature.ts";
import { fitTemperature, type TemperatureFit } from "../fit-temperature.ts";
import type { Labels, Predictions } from "../predictions.ts";
import { marginsOf } from "./margins.ts";
import { readNumber, readObject } from "./read-parameters.ts";
import { fittedRecalibrator, type Method, type Recalibrated, type Recalibrator } from "./recalibrator.ts";
import { likelihoodInterval, type TemperatureInterval } from "./temperature-interval.ts";

/** What temperature scaling has fitted. */
export interface TemperatureParameters {
  /** T in [0, ∞]. */
  readonly temperature: number;
}

/** A fitted temperature, how it came about and how well the rows determine it. */
export interface TemperatureScaling extends Recalibrator<TemperatureParameters> {
  /** `fit.status` says whether there is a finite optimum, and why not. */
  readonly fit: TemperatureFit;
  readonly interval: TemperatureInterval;
}

/**
 * Temperature scaling as a recalibrator: logits divided by the T of {@link fitTemperature}, with its interval.
 *
 * It changes no prediction and no order of classes. Where the data have no finite optimum, `fit.status` says so and
 * `apply` takes the limit: T = 0 gives all mass to the largest class, shared where classes tie; T = ∞ the same mass to
 * every class that is possible.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], one row at least.
 * @param options.level - Confidence of the interval, in (0, 1); 0.95 by default.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @example
 * const validation = { data: [4, 0, 0, 4, 4, 0], shape: [3, 2], kind: "logits" };
 * const scaling = fitTemperatureScaling([0, 1, 1], validation);
 * scaling.parameters.temperature; // 5.77078016
 * scaling.interval.low; // 1.06345901
 * const [first] = scaling.apply({ data: [4, 0], shape: [1, 2], kind: "logits" }).data;
 * first; // 0.69314718
 * @see Guo et al. 2017, §4.2, https://arxiv.org/abs/1706.04599
 */
export function fitTemperatureScaling(
  labels: Labels,
  predictions: Predictions,
  options: { readonly level?: number } = {},
): TemperatureScaling {
  const fit = fitTemperature(labels, predictions);
  const interval = likelihoodInterval(marginsOf(labels, predictions), fit, options);
  const parameters = { temperature: fit.temperature };
  return { ...fittedRecalibrator(temperatureMethod, parameters, predictions), fit, interval };
}

/** T is written as a number, ∞ as `"Infinity"`, which JSON has no number for. */
export const temperatureMethod: Method<TemperatureParameters> = {
  name: "temperature",
  apply: ({ temperature }, predictions) => scaleByTemperature(predictions, temperature),
  write: ({ temperature }) => ({ temperature: temperature === Infinity ? "Infinity" : temperature }),
  read: (parameters) => ({ temperature: readTemperature(readObject("parameters", parameters).temperature) }),
};

/** @throws {@link ArgumentError} if `value` is neither a number of at least 0 nor `"Infinity"`. */
export function readTemperature(value: unknown): number {
  if (value === "Infinity") return Infinity;
  if (typeof value === "string") {
    throw new ArgumentError(`parameters.temperature must be a number or "Infinity", got ${describe(value)}`);
  }
  return readNumber("parameters.temperature", value, 0);
}

/** {@link applyTemperature} with its limits at T = 0 and ∞. */
export function scaleByTemperature(predictions: Predictions, temperature: number): Recalibrated {
  if (temperature > 0 && temperature < Infinity) return applyTemperature(predictions, temperature);
  const { data, shape, kind } = predictions;
  const [rows, classes] = shape;
  const possible = kind === "logits" ? (z: number) => z > -Infinity : (p: number) => p > 0;
  const shared = new Float64Array(rows * classes);
  for (let start = 0; start < shared.length; start += classes) {
    let largest = -Infinity;
    for (let i = start; i < start + classes; i++) largest = Math.max(largest, data[i]);
    let sharing = 0;
    for (let i = start; i < start + classes; i++) {
      shared[i] = (temperature === 0 ? data[i] === largest : possible(data[i])) ? 1 : 0;
      sharing += shared[i];
    }
    for (let i = start; i < start + classes; i++) {
      shared[i] = kind === "logits" ? Math.log(shared[i]) : shared[i] / sharing;
    }
  }
  return { data: shared, shape, kind };
}
