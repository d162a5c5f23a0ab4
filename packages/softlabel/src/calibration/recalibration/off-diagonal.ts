import { ArgumentError } from "../../core/argument-error.ts";
import { readOptions } from "../../statistics/read-options.ts";
import type { AffineMap } from "./linear-map.ts";
import { readList, readNumber, readNumbers, readObject } from "./read-parameters.ts";

/** Off-diagonal and intercept regularisation (ODIR): how much a full matrix may mix the classes. */
export interface OffDiagonalOptions {
  /** λ ≥ 0, weight of the mean square off the diagonal; 1 by default. */
  readonly offDiagonal?: number;
  /** μ ≥ 0, weight of the mean square of the intercepts; 1 by default. */
  readonly intercept?: number;
}

/** λ and μ of ODIR. */
export interface OffDiagonalWeights {
  readonly offDiagonal: number;
  readonly intercept: number;
}

/** @throws {@link ArgumentError} if a weight is out of range, or λ is 0 for more than 50 classes. */
export function requireOffDiagonal(options: OffDiagonalOptions, classes: number): OffDiagonalWeights {
  const { offDiagonal: asked, intercept: ofIntercepts } = readOptions(options);
  const offDiagonal = readNumber("offDiagonal", asked ?? 1, 0);
  const intercept = readNumber("intercept", ofIntercepts ?? 1, 0);
  if (offDiagonal === 0 && classes > 50) {
    throw new ArgumentError(
      `offDiagonal must be above 0 for more than 50 classes, got 0 for ${classes}; ` +
        `${classes * classes + classes} parameters without it overfit`,
    );
  }
  return { offDiagonal, intercept };
}

/** @throws {@link ArgumentError} if the document's parameters are no affine map of so many classes. */
export function readAffine(parameters: unknown, classes: number): AffineMap {
  const { weights, intercepts } = readObject("parameters", parameters);
  return {
    weights: readList("parameters.weights", weights, classes).map((row, i) =>
      readNumbers(`parameters.weights[${i}]`, row, classes),
    ),
    intercepts: readNumbers("parameters.intercepts", intercepts, classes),
  };
}
