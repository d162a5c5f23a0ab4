import {
  type ClipOptions,
  type FollowOptions,
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitHistogramBinning,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperature,
  fitTemperatureScaling,
  fitVectorScaling,
  type Labels,
  loadRecalibrator,
  type Predictions,
  type Recalibrator,
} from "softlabel/calibration";

/** A recalibrator with what its search says of itself. */
export interface Fitted {
  readonly recalibrator: Recalibrator;
  /** Where the search did not end in an ordinary optimum, or numbers were moved for it. */
  readonly remarks: readonly string[];
  /** Of a temperature. */
  readonly interval?: { readonly low: number; readonly high: number };
}

/** The names that `--calibrate` knows. */
export const recalibrationMethods = [
  "temperature",
  "ensemble",
  "vector",
  "matrix",
  "dirichlet",
  "platt",
  "beta",
  "isotonic",
  "histogram",
] as const;

export type RecalibrationMethod = (typeof recalibrationMethods)[number];

/** Where logarithms of probabilities are taken, they are moved this far from 0 and 1: about the spacing of float32. */
const clip = 1e-7;

/** Fits a recalibrator for rows beside those of the fit, of which nothing else is asked. */
export function fitForOthers(
  method: RecalibrationMethod,
  labels: Labels,
  predictions: Predictions,
  follow: FollowOptions = {},
): Recalibrator {
  if (method !== "temperature") return fitMethod(method, labels, predictions, 0.95, follow).recalibrator;
  // Without the interval, which takes longer than the fit.
  const { temperature } = fitTemperature(labels, predictions);
  const [rows, classes] = predictions.shape;
  return loadRecalibrator({
    schema: "softlabel/recalibrator/1",
    method,
    classes,
    parameters: { temperature: temperature === Infinity ? "Infinity" : temperature },
    fittedOn: { rows, fingerprint: "0".repeat(16) },
  });
}

/**
 * Fits a recalibrator by the name of its method.
 *
 * @param level - of the temperature's interval.
 * @param follow - told of each step of a search over K parameters or more.
 */
export function fitMethod(
  method: RecalibrationMethod,
  labels: Labels,
  predictions: Predictions,
  level: number,
  follow: FollowOptions = {},
): Fitted {
  if (method === "temperature") return fitTemperatureWithRemarks(labels, predictions, level);
  if (method === "ensemble") {
    const recalibrator = fitEnsembleTemperature(labels, predictions);
    return { recalibrator, remarks: searchRemarks(recalibrator) };
  }
  if (method === "isotonic") return { recalibrator: fitIsotonic(labels, predictions), remarks: [] };
  if (method === "histogram") return { recalibrator: fitHistogramBinning(labels, predictions), remarks: [] };
  const isClipped = predictions.kind === "probabilities";
  const recalibrator = fitters[method](labels, predictions, isClipped ? { clip, ...follow } : follow);
  const moved = isClipped
    ? [`Probabilities were moved into [${clip}, 1 − ${clip}] before their logarithm was taken.`]
    : [];
  return { recalibrator, remarks: [...moved, ...searchRemarks(recalibrator)] };
}

const fitters = {
  vector: fitVectorScaling,
  matrix: fitMatrixScaling,
  dirichlet: fitDirichlet,
  platt: fitPlatt,
  beta: fitBeta,
} satisfies Record<
  string,
  (labels: Labels, predictions: Predictions, options: ClipOptions & FollowOptions) => Recalibrator
>;

function fitTemperatureWithRemarks(labels: Labels, predictions: Predictions, level: number): Fitted {
  const recalibrator = fitTemperatureScaling(labels, predictions, { level });
  const { status } = recalibrator.fit;
  const { low, high } = recalibrator.interval;
  return { recalibrator, interval: { low, high }, remarks: status === "fitted" ? [] : [why[status]] };
}

const why = {
  separable: "Every fitting row is right, so the likelihood grows without end as T → 0.",
  uninformative: "No temperature does better than uniform probabilities, so T → ∞.",
  indifferent: "The logits of every fitting row are equal, so every temperature gives the same.",
  impossible: "A label of the fitting rows has probability 0, which no temperature mends.",
} as const;

/** A sentence where the search for the parameters stopped before the optimum, or some of the searches for maps did. */
export function searchRemarks(recalibrator: Recalibrator, where = ""): readonly string[] {
  const { search, parameters } = recalibrator as {
    readonly search?: { readonly converged: boolean; readonly iterations: number };
    readonly parameters: { readonly maps?: readonly { readonly converged?: boolean }[] };
  };
  const stopped = (parameters.maps ?? []).filter(({ converged }) => converged === false).length;
  if (stopped > 0) return [`The searches for ${stopped} of its maps${where} stopped before the optimum.`];
  if (search === undefined || search.converged) return [];
  return [`The search${where} stopped at iteration ${search.iterations}, before the optimum.`];
}
