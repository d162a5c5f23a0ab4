import { readOptions } from "../../statistics/read-options.ts";
import type { Labels, Predictions } from "../predictions.ts";
import {
  type BinaryMap,
  type EventProbabilities,
  fitScheme,
  type SchemeOptions,
  type SchemeRecalibrator,
} from "./binary-scheme.ts";
import { fitLogistic, type LogisticFit, refuseSeparable, requireTargets, type Targets, targetsOf } from "./logistic.ts";
import { readNumber, readObject } from "./read-parameters.ts";

/** p′ = σ(a·ln p − b·ln(1 − p) + c), a and b at least 0, so that it never falls. */
export interface BetaMap {
  readonly a: number;
  readonly b: number;
  readonly c: number;
  /** Whether the search for them reached the optimum. */
  readonly converged: boolean;
}

/** How the beta map is fitted. */
export interface BetaOptions extends SchemeOptions {
  /** `"smoothed"` by default; `"labels"` is the published fit. */
  readonly targets?: Targets;
}

/**
 * Beta calibration: what is right if the probabilities of hits and of misses are beta-distributed.
 *
 *     p′ = σ(a·ln p − b·ln(1 − p) + c),   a ≥ 0, b ≥ 0
 *
 * a = b = 1, c = 0 is the identity, which Platt's map has only of the log-odds. Convex: where the free optimum has a
 * negative a or b, the best of the fits with one or both at 0 is the optimum.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], two classes at least.
 * @param options.scheme - How it serves more than two classes; {@link Scheme}.
 * @throws {@link ArgumentError} if an argument is out of range, a probability is 0 or 1 and `clip` is not given, or
 *   `targets` are `"labels"` and p separates them.
 * @see Kull, Silva Filho and Flach 2017, §4, https://proceedings.mlr.press/v54/kull17a.html
 */
export function fitBeta(
  labels: Labels,
  predictions: Predictions,
  options: BetaOptions = {},
): SchemeRecalibrator<BetaMap> {
  const { targets = "smoothed" } = readOptions(options);
  requireTargets(targets);
  const fit = ({ p, logP, logRest }: EventProbabilities, hits: Uint8Array): BetaMap => {
    if (targets === "labels") refuseSeparable(p, hits, false);
    return bestNonNegative(
      logP,
      logRest.map((log) => -log),
      targetsOf(hits, targets),
    );
  };
  return fitScheme(betaMap, fit, labels, predictions, options);
}

function bestNonNegative(first: Float64Array, second: Float64Array, targets: Float64Array): BetaMap {
  const free = fitLogistic([first, second], targets);
  if (free.slopes[0] >= 0 && free.slopes[1] >= 0) return betaOf(free, free.slopes[0], free.slopes[1]);
  const flat = fitLogistic([], targets);
  const onlyFirst = fitLogistic([first], targets);
  const onlySecond = fitLogistic([second], targets);
  let best = betaOf(flat, 0, 0);
  let loss = flat.loss;
  if (onlyFirst.slopes[0] > 0 && onlyFirst.loss < loss) {
    best = betaOf(onlyFirst, onlyFirst.slopes[0], 0);
    loss = onlyFirst.loss;
  }
  if (onlySecond.slopes[0] > 0 && onlySecond.loss < loss) best = betaOf(onlySecond, 0, onlySecond.slopes[0]);
  return best;
}

function betaOf({ intercept, search }: LogisticFit, a: number, b: number): BetaMap {
  return { a, b, c: intercept, converged: search.converged };
}

export const betaMap: BinaryMap<BetaMap> = {
  name: "beta",
  logs: true,
  at: ({ a, b, c }, _, logP, logRest) => 1 / (1 + Math.exp(-(a * logP - b * logRest + c))),
  read(name, map) {
    const { a, b, c, converged } = readObject(name, map);
    return {
      a: readNumber(`${name}.a`, a, 0),
      b: readNumber(`${name}.b`, b, 0),
      c: readNumber(`${name}.c`, c),
      converged: converged === true,
    };
  },
};
