import * as shared from "../../expect-all-close.ts";

/** As in the shared comparison; what is left out is 0. */
interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

export function expectClose(actual: number, expected: number, tolerance: Tolerance, context = ""): void {
  shared.expectClose(actual, expected, { rtol: 0, atol: 0, ...tolerance }, context);
}

export function expectAllClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance: Tolerance): void {
  shared.expectAllClose(actual, expected, { rtol: 0, atol: 0, ...tolerance });
}
