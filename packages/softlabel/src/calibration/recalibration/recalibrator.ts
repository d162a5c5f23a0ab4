import { ArgumentError } from "../../core/argument-error.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { type Predictions, requirePredictions } from "../predictions.ts";
import { type FittingRows, fittingRows, refuseFittingRows } from "./fitting-rows.ts";

/** Predictions that a recalibrator has mended. */
export type Recalibrated = Predictions & { readonly data: Float64Array };

/** How a recalibrator is used. */
export interface ApplyOptions {
  /** Allows the rows that it was fitted on, where it looks better than it is. */
  readonly inSample?: boolean;
}

/** A map of predictions to better calibrated ones, fitted on labelled rows. */
export interface Recalibrator<Parameters = unknown> {
  /** `"temperature"`, `"vector"`, … */
  readonly method: string;
  /** How many classes the predictions must have. */
  readonly classes: number;
  /** What was fitted: plain data. */
  readonly parameters: Parameters;
  readonly fittedOn: FittingRows;
  /**
   * Mends predictions of other rows, of either kind.
   *
   * @param predictions - Shape [rows, classes], with the classes in the order of the fit.
   * @throws {@link ArgumentError} if they are out of range, have another number of classes, or are the rows of the fit
   *   and `inSample` is not set. Those are known by their content, all of them together and in any order; some of
   *   them, or some beside others, are not: {@link crossFit} keeps those apart.
   */
  readonly apply: (predictions: Predictions, options?: ApplyOptions) => Recalibrated;
  /** What `JSON.stringify` writes and {@link loadRecalibrator} reads. */
  readonly toJSON: () => RecalibratorDocument;
}

/** The document that a recalibrator is kept as. */
export interface RecalibratorDocument {
  readonly schema: typeof recalibratorSchema;
  readonly method: string;
  readonly classes: number;
  readonly parameters: unknown;
  readonly fittedOn: FittingRows;
}

/** Changes when a document of before could be read wrongly. */
export const recalibratorSchema = "softlabel/recalibrator/1";

/** A way of recalibrating: what it does with its parameters, and how they are read back. */
export interface Method<Parameters> {
  readonly name: string;
  /** `predictions` were checked, and have the classes of the fit. */
  readonly apply: (parameters: Parameters, predictions: Predictions) => Recalibrated;
  /** Plain data that JSON can hold; left out where the parameters are that already. */
  readonly write?: (parameters: Parameters) => unknown;
  /** @throws {@link ArgumentError} if the document's parameters are not this method's. */
  readonly read: (parameters: unknown, classes: number) => Parameters;
}

/** The recalibrator with these parameters. */
export function recalibrator<Parameters>(
  method: Method<Parameters>,
  parameters: Parameters,
  classes: number,
  fittedOn: FittingRows,
): Recalibrator<Parameters> {
  const { name, write } = method;
  return {
    method: name,
    classes,
    parameters,
    fittedOn,
    apply(predictions, options = {}) {
      const { inSample = false } = readOptions(options);
      requirePredictions(predictions);
      if (predictions.shape[1] !== classes) {
        throw new ArgumentError(
          `predictions must have the ${classes} classes that ${name} was fitted on, got ${predictions.shape[1]}`,
        );
      }
      if (!inSample) refuseFittingRows(predictions, fittedOn, name);
      return method.apply(parameters, predictions);
    },
    toJSON: () => ({
      schema: recalibratorSchema,
      method: name,
      classes,
      parameters: write ? write(parameters) : parameters,
      fittedOn,
    }),
  };
}

/** The same, straight from the rows of a fit. */
export function fittedRecalibrator<Parameters>(
  method: Method<Parameters>,
  parameters: Parameters,
  predictions: Predictions,
): Recalibrator<Parameters> {
  return recalibrator(method, parameters, predictions.shape[1], fittingRows(predictions));
}
