import type { Predictions } from "../predictions.ts";
import { rowKernel } from "./module.ts";
import { rowsInMemory } from "./rows-in-memory.ts";

/** Numbers that are too few for a module to be compiled for them. */
const fewNumbers = 4096;

/** Takes the largest of sign·z of a row, and the least that is not −∞. */
type NoteExtremes = (row: number, most: number, least: number) => void;

/**
 * Finds the extremes of each row of logits by the WebAssembly kernel.
 *
 * @returns Whether it did: not of few numbers or without WebAssembly, nor where a number is no logit.
 */
export function extremesByKernel(
  logits: ArrayLike<number>,
  shape: Predictions["shape"],
  sign: 1 | -1 = 1,
  note: NoteExtremes = () => {},
): boolean {
  const kernel = logits.length < fewNumbers ? null : rowKernel();
  const plan = kernel && rowsInMemory(kernel, logits, shape, { once: 0, perRow: 16 });
  if (kernel === null || plan === null) return false;
  const extremes = new Float64Array(plan.memory, plan.perRow, 2 * plan.blockRows);
  return plan.forEachBlock(({ from, count, address, wide }) => {
    if (!kernel.extremesOfRows(address, wide, plan.perRow, count, shape[1], sign)) return false;
    for (let i = 0; i < count; i++) note(from + i, extremes[2 * i], extremes[2 * i + 1]);
    return true;
  });
}

/** Logits that are weighed at a temperature. */
interface Tempered {
  readonly logits: ArrayLike<number>;
  readonly sign: 1 | -1;
  readonly largest: Float64Array;
  readonly classes: number;
}

/** Takes Σ w·dᵐ of a row, m = 0 … 3, the last times `inverse`; d = sign·z − largest, w = exp(rate·d). */
export type NoteMoments = (row: number, sum: number, first: number, second: number, third: number) => void;

/**
 * Weighs the distances of each row from its largest by the WebAssembly kernel, two float64 at a time.
 *
 * @returns Whether it did: not of few numbers or without WebAssembly.
 */
export function momentsByKernel(
  { logits, sign, largest, classes }: Tempered,
  rate: number,
  inverse: number,
  every: number,
  note: NoteMoments,
): boolean {
  const kernel = logits.length < fewNumbers ? null : rowKernel();
  const plan = kernel && rowsInMemory(kernel, logits, [largest.length, classes], { once: 0, perRow: 40 });
  if (kernel === null || plan === null) return false;
  const { perRow, blockRows, memory } = plan;
  const maximaAt = perRow + 32 * blockRows;
  const moments = new Float64Array(memory, perRow, 4 * blockRows);
  const maxima = new Float64Array(memory, maximaAt, blockRows);
  return plan.forEachBlock(({ from, count, address, wide }) => {
    for (let i = 0; i < count; i++) maxima[i] = largest[from + i * every];
    kernel.momentsOfRows(address, wide, maximaAt, perRow, count, classes, sign, rate, inverse);
    for (let i = 0, at = 0; i < count; i++, at += 4) {
      note(from + i * every, moments[at], moments[at + 1], moments[at + 2], moments[at + 3]);
    }
    return true;
  }, every);
}
