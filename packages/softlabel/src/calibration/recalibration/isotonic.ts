import { ArgumentError } from "../../core/argument-error.ts";
import type { Labels, Predictions } from "../predictions.ts";
import { type BinaryMap, fitScheme, type SchemeOptions, type SchemeRecalibrator } from "./binary-scheme.ts";
import { curveAt, type IsotonicCurve, isotonicCurve } from "./pool-adjacent-violators.ts";
import { readNumbers, readObject } from "./read-parameters.ts";

/**
 * Isotonic calibration: the best map of one probability that never falls.
 *
 *     p′ = f(p),   f = the isotonic regression of "it came true" on p
 *
 * Nothing else is assumed of f, so it needs many rows: below about 1,000 of an event it follows chance. Its ends are
 * shares of few rows and may be 0 or 1, which makes the log-loss of other rows infinite; {@link fitEnsembleTemperature}
 * on top of it does away with that. Ties appear, so ranking by p′ is coarser.
 * @param labels - Integers in [0, classes); one per row.
 * @param predictions - Shape [rows, classes], two classes at least.
 * @param options.scheme - How it serves more than two classes; {@link Scheme}.
 * @throws {@link ArgumentError} if an argument is out of range.
 * @see Zadrozny and Elkan 2002, https://doi.org/10.1145/775047.775151
 */
export function fitIsotonic(
  labels: Labels,
  predictions: Predictions,
  options: Pick<SchemeOptions, "scheme"> = {},
): SchemeRecalibrator<IsotonicCurve> {
  return fitScheme(isotonicMap, ({ p }, hits) => isotonicCurve(p, hits), labels, predictions, options);
}

export const isotonicMap: BinaryMap<IsotonicCurve> = {
  name: "isotonic",
  logs: false,
  at: curveAt,
  read(name, map) {
    const document = readObject(name, map);
    const x = readNumbers(`${name}.x`, document.x, null, 0, 1);
    const y = readNumbers(`${name}.y`, document.y, x.length, 0, 1);
    requireAscending(`${name}.x`, x, true);
    requireAscending(`${name}.y`, y, false);
    return { x, y };
  },
};

/** @throws {@link ArgumentError} if the numbers fall, or, when strict, do not rise. */
export function requireAscending(name: string, numbers: readonly number[], strict: boolean): void {
  for (let i = 1; i < numbers.length; i++) {
    if (strict ? numbers[i] > numbers[i - 1] : numbers[i] >= numbers[i - 1]) continue;
    throw new ArgumentError(`${name} must ascend, got ${numbers[i]} after ${numbers[i - 1]} at index ${i}`);
  }
}
