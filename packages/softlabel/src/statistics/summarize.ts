import { requireFiniteValues } from "./finite-values.ts";

/** Mean and spread of a sample. */
export interface SampleSummary {
  readonly count: number;
  readonly mean: number;
  /** Sample standard deviation, √(Σ (x − mean)² / (n − 1)); `null` for a single value, which has none. */
  readonly sd: number | null;
}

/**
 * Mean and sample standard deviation, in two passes.
 *
 * @param values - Finite, one at least.
 * @throws {@link ArgumentError} if there is no value, or one is not finite.
 */
export function summarize(values: ArrayLike<number>): SampleSummary {
  requireFiniteValues("values", values);
  const count = values.length;
  let sum = 0;
  for (let i = 0; i < count; i++) sum += values[i];
  const mean = sum / count;
  if (count === 1) return { count, mean, sd: null };
  let squares = 0;
  for (let i = 0; i < count; i++) squares += (values[i] - mean) ** 2;
  return { count, mean, sd: Math.sqrt(squares / (count - 1)) };
}
