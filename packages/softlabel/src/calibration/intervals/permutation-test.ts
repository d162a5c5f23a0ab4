import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";
import { type Random, seededRandom } from "../../statistics/random.ts";
import { readOptions } from "../../statistics/read-options.ts";
import { requireNumbers } from "../../statistics/require-numbers.ts";
import { type Outcomes, requireOutcomes } from "../top-label.ts";
import { requireValue } from "./require-value.ts";

/** How often chance alone would change the quantity as much. */
export interface PermutationTest {
  /** treatment − baseline. */
  readonly difference: number;
  /** Two-sided. */
  readonly p: number;
  readonly permutations: number;
  readonly seed: number;
}

/** How many exchanges are tried. */
export interface PermutationOptions {
  /** R, an integer of at least 1; 1,000 by default. p is never below 1/(R + 1). */
  readonly permutations?: number;
  /** An integer in [0, 2³²); 0 by default. */
  readonly seed?: number;
}

/**
 * Paired permutation test of means: would exchanging the two models row by row change the mean as much?
 *
 *     p = (1 + #{r : |d*ᵣ| ≥ |d|})/(1 + R),   d = mean(treatment − baseline), d* with random signs
 *
 * If the models were the same, each row's two numbers could be exchanged. The 1 counts the data as they are, so that p
 * is valid however small R is.
 * @param pair.baseline - One number per row: its NLL, whether it is right; finite.
 * @param pair.treatment - The same of the other model, in the same order.
 * @throws {@link ArgumentError} if the lists do not match, one is empty or not finite, or an option is out of range.
 * @see Phipson and Smyth 2010, https://doi.org/10.2202/1544-6115.1585
 */
export function permutationTestOfMeans(
  pair: { readonly baseline: ArrayLike<number>; readonly treatment: ArrayLike<number> },
  options: PermutationOptions = {},
): PermutationTest {
  const { baseline, treatment } = pair;
  requireNumbers("baseline", baseline);
  requireNumbers("treatment", treatment);
  const rows = baseline.length;
  requireSameRows(rows, treatment.length);
  const differences = Float64Array.from({ length: rows }, (_, row) => treatment[row] - baseline[row]);
  const at = differences.findIndex((d) => !Number.isFinite(d));
  if (at >= 0) throw new ArgumentError(`baseline and treatment must be finite, got another at row ${at}`);
  return permute(rows, options, (exchanged) => {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += exchanged[row] === 1 ? -differences[row] : differences[row];
    return sum / rows;
  });
}

/**
 * The same of any metric of outcomes, such as ECE or AURC: whole rows change models.
 *
 * @param pair - The outcomes of two models on the same rows, in the same order.
 * @throws {@link ArgumentError} if outcomes do not match or are out of range, an option is, or the metric is not defined
 *   for some exchange.
 */
export function permutationTest(
  pair: { readonly baseline: Outcomes; readonly treatment: Outcomes },
  metric: (outcomes: Outcomes) => number,
  options: PermutationOptions = {},
): PermutationTest {
  const { baseline, treatment } = pair;
  requireOutcomes(baseline);
  requireOutcomes(treatment);
  const rows = baseline.confidence.length;
  requireSameRows(rows, treatment.confidence.length);
  const [left, right] = [emptyOutcomes(rows), emptyOutcomes(rows)];
  return permute(rows, options, (exchanged) => {
    for (let row = 0; row < rows; row++) {
      const [first, second] = exchanged[row] === 1 ? [treatment, baseline] : [baseline, treatment];
      left.confidence[row] = first.confidence[row];
      left.correct[row] = first.correct[row];
      right.confidence[row] = second.confidence[row];
      right.correct[row] = second.correct[row];
    }
    return requireValue(metric(right)) - requireValue(metric(left));
  });
}

/** Differences closer than this share of the observed one tie with it: sums in another order round otherwise. */
const tieTolerance = 1e-9;

function permute(
  rows: number,
  options: PermutationOptions,
  differenceOf: (exchanged: Uint8Array) => number,
): PermutationTest {
  const { permutations = 1000, seed = 0 } = readOptions(options);
  if (!(Number.isInteger(permutations) && permutations >= 1)) {
    throw new ArgumentError(`permutations must be an integer of at least 1, got ${describe(permutations)}`);
  }
  const random = seededRandom(seed);
  const exchanged = new Uint8Array(rows);
  const difference = differenceOf(exchanged);
  const bound = Math.abs(difference) * (1 - tieTolerance);
  let reached = 0;
  for (let round = 0; round < permutations; round++) {
    drawBits(exchanged, random);
    if (Math.abs(differenceOf(exchanged)) >= bound) reached++;
  }
  return { difference, p: (1 + reached) / (1 + permutations), permutations, seed };
}

function drawBits(bits: Uint8Array, { next }: Random): void {
  let word = 0;
  for (let i = 0; i < bits.length; i++) {
    word = i % 32 === 0 ? next() : word >>> 1;
    bits[i] = word & 1;
  }
}

function emptyOutcomes(rows: number): { readonly confidence: Float64Array; readonly correct: Uint8Array } {
  return { confidence: new Float64Array(rows), correct: new Uint8Array(rows) };
}

function requireSameRows(baseline: number, treatment: number): void {
  if (baseline === 0) throw new ArgumentError("baseline must have at least one row, got 0");
  if (treatment !== baseline) {
    throw new ArgumentError(`treatment must be ${baseline}, one per row of baseline, got ${treatment}`);
  }
}
