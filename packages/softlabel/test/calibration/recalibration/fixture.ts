import { readFileSync } from "node:fs";
import type { AffineMap, Predictions } from "softlabel/calibration";

interface Tabulated {
  readonly at: readonly number[];
  readonly values: readonly number[];
}

interface Fixture {
  readonly labels: readonly number[];
  readonly logits: readonly (readonly number[])[];
  readonly temperature: { readonly temperature: number; readonly low: number; readonly high: number };
  readonly ensemble: readonly number[];
  readonly vector: readonly (readonly [
    number,
    { readonly scales: readonly number[]; readonly intercepts: readonly number[] },
  ])[];
  readonly matrix: readonly (readonly [number, number, AffineMap])[];
  readonly dirichlet: readonly (readonly [number, number, AffineMap])[];
  readonly binary: {
    readonly labels: readonly number[];
    readonly p: readonly number[];
    readonly logits: readonly (readonly number[])[];
    readonly platt: { readonly slope: number; readonly intercept: number };
    readonly betaLabels: readonly number[];
    readonly betaSmoothed: readonly number[];
    readonly betaTurned: readonly number[];
    readonly turned: readonly number[];
    readonly turnedLabels: readonly number[];
    readonly isotonic: Tabulated;
    readonly isotonicTurned: Tabulated;
  };
}

/** What SciPy and scikit-learn fitted; `recalibration.py` beside it says how. */
export const fixture: Fixture = JSON.parse(
  readFileSync(new URL("../../fixtures/recalibration.json", import.meta.url), "utf8"),
);

/** Logits, one list per row. */
export function logits(rows: readonly (readonly number[])[]): Predictions {
  return { data: rows.flat(), shape: [rows.length, rows[0].length], kind: "logits" };
}

/** Two classes, by the probability of class 1. */
export function binary(p: readonly number[]): Predictions {
  return { data: p.flatMap((one) => [1 - one, one]), shape: [p.length, 2], kind: "probabilities" };
}

/** Probabilities, one list per row. */
export function rowsOf({ data, shape: [rows, classes] }: Predictions): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from(data).slice(row * classes, (row + 1) * classes));
}
