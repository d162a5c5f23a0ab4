import { expect } from "vitest";

/** What is left out is 0. */
export interface Tolerance {
  readonly rtol?: number;
  readonly atol?: number;
}

/** |a − e| ≤ atol + rtol·|e| lane by lane. NaN matches only NaN; ±∞ only itself. */
export function expectAllClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { rtol = 0, atol = 0 }: Tolerance,
  context = "",
): void {
  expect(actual.length, context).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    const [a, e] = [actual[i], expected[i]];
    const close = Object.is(a, e) || (Number.isFinite(e) && Math.abs(a - e) <= atol + rtol * Math.abs(e));
    if (!close) expect.fail(`${context} lane ${i}: got ${a}, expected ${e} (rtol ${rtol}, atol ${atol})`);
  }
}

/** The same for two numbers. */
export function expectClose(actual: number, expected: number, tolerance: Tolerance, context = ""): void {
  expectAllClose([actual], [expected], tolerance, context);
}
