import { readOptions } from "../../statistics/read-options.ts";
import type { Labels, Predictions } from "../predictions.ts";
import {
  type BinaryMap,
  type EventProbabilities,
  fitScheme,
  type SchemeOptions,
  type SchemeRecalibrator,
} from "./binary-scheme.ts";
import { fitLogistic, refuseSeparable, requireTargets, type Targets, targetsOf } from "./logistic.ts";
import { readNumber, readObject } from "./read-parameters.ts";

/** p′ = σ(slope·logit(p) + intercept); Platt's A and B with the opposite sign. */
export interface PlattMap {
  readonly slope: number;
  readonly intercept: number;
  /** Whether the search for them reached the optimum. */
  readonly converged: boolean;
}

/** How Platt's map is fitted. */
export interface PlattOptions extends SchemeOptions {
  /** `"smoothed"` by default. */
  readonly targets?: Targets;
}

/**
 * Platt scaling: a logistic map of the log-odds of one event.
 *
 *     p′ = σ(a·ln(p/(1 − p)) + b)        a, b by maximum likelihood of Platt's targets
 *
 * With two classes the log-odds are the difference of the logits, the score that Platt used. Convex; a < 0 where
 * confidence misleads.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], two classes at least.
 * @param options.scheme - How it serves more than two classes; {@link Scheme}.
 * @throws {@link ArgumentError} if an argument is out of range, a probability is 0 or 1 and `clip` is not given, or
 *   `targets` are `"labels"` and the score separates them.
 * @see Platt 1999, Probabilistic outputs for support vector machines; Lin et al. 2007,
 *   https://doi.org/10.1007/s10994-007-5018-6
 */
export function fitPlatt(
  labels: Labels,
  predictions: Predictions,
  options: PlattOptions = {},
): SchemeRecalibrator<PlattMap> {
  const { targets = "smoothed" } = readOptions(options);
  requireTargets(targets);
  const fit = ({ logP, logRest }: EventProbabilities, hits: Uint8Array): PlattMap => {
    const score = logP.map((log, row) => log - logRest[row]);
    if (targets === "labels") refuseSeparable(score, hits, true);
    const { slopes, intercept, search } = fitLogistic([score], targetsOf(hits, targets));
    return { slope: slopes[0], intercept, converged: search.converged };
  };
  return fitScheme(plattMap, fit, labels, predictions, options);
}

export const plattMap: BinaryMap<PlattMap> = {
  name: "platt",
  logs: true,
  at: ({ slope, intercept }, _, logP, logRest) => 1 / (1 + Math.exp(-(slope * (logP - logRest) + intercept))),
  read(name, map) {
    const { slope, intercept, converged } = readObject(name, map);
    return {
      slope: readNumber(`${name}.slope`, slope),
      intercept: readNumber(`${name}.intercept`, intercept),
      converged: converged === true,
    };
  },
};
