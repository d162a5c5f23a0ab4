/** A matrix, row by row. */
export type Matrix = readonly (readonly number[])[];

/**
 * A bilinear algorithm of the convolution along one axis with three taps w, o outputs y, and o + 2 inputs x:
 *
 *     y[i] = Σ w[k]·x[i + k] over k = Aᵀ·((G·w) ⊙ (B·x))           A [P, o], G [P, 3], B [P, o + 2]
 *
 * with P products instead of 3·o. It is linear in each operand, so that the gradients are the same algorithm read the
 * other way: dw = Gᵀ·((A·dy) ⊙ (B·x)), dx = Bᵀ·((A·dy) ⊙ (G·w)).
 */
export interface ShortConvolution {
  /** A. */
  readonly outputs: Matrix;
  /** G. */
  readonly taps: Matrix;
  /** B. */
  readonly inputs: Matrix;
}

const taps = 3;

/**
 * The algorithm of Toom and Cook (Winograd 1980), piece by piece of three and two outputs: both polynomials are
 * evaluated at points and multiplied there.
 *
 * Longer pieces take fewer products and lose more bits: five outputs at once take 7 points and have about four times
 * the error of 3 + 2 at 9. The points are those of the least error among small fractions.
 *
 * @param outputs - o, at least 2.
 */
export function shortConvolution(outputs: number): ShortConvolution {
  const pieces = piecesOf(outputs).map((length) =>
    toomCook(length, length === 3 ? [0.5, -0.5, 1.5, -1.5] : [0, 1, -1]),
  );
  let first = 0;
  const whole: Record<"outputs" | "taps" | "inputs", number[][]> = { outputs: [], taps: [], inputs: [] };
  for (const piece of pieces) {
    const placed = (row: readonly number[], length: number): number[] =>
      Array.from({ length }, (_, i) => row[i - first] ?? 0);
    whole.outputs.push(...piece.outputs.map((row) => placed(row, outputs)));
    whole.taps.push(...piece.taps.map((row) => [...row]));
    whole.inputs.push(...piece.inputs.map((row) => placed(row, outputs + taps - 1)));
    first += piece.outputs[0].length;
  }
  return whole;
}

/** Threes and, at the end, up to two twos. */
function piecesOf(outputs: number): number[] {
  const twos = [0, 2, 1][outputs % 3];
  return [...Array<number>((outputs - 2 * twos) / 3).fill(3), ...Array<number>(twos).fill(2)];
}

/** One piece of `outputs` + 2 products: at the points, of which there are one less, and at ∞. */
function toomCook(outputs: number, points: readonly number[]): ShortConvolution {
  const evaluation = (length: number): Matrix => [
    ...points.map((point) => Array.from({ length }, (_, power) => point ** power)),
    Array.from({ length }, (_, power) => (power === length - 1 ? 1 : 0)),
  ];
  // The polynomial of given values at the points and a given highest coefficient c is Σ value·Lagrange + c·Π(t − point);
  // the rows of B are these polynomials' coefficients.
  const lagrange = points.map((point) => {
    const others = points.filter((other) => other !== point);
    const scale = others.reduce((product, other) => product * (point - other), 1);
    return [...withRoots(others).map((coefficient) => coefficient / scale), 0];
  });
  return { outputs: evaluation(outputs), taps: evaluation(taps), inputs: [...lagrange, withRoots(points)] };
}

/** Coefficients of Π(t − root), the constant first. */
function withRoots(roots: readonly number[]): number[] {
  const timesRoot = (polynomial: readonly number[], root: number): number[] =>
    Array.from({ length: polynomial.length + 1 }, (_, i) => (polynomial[i - 1] ?? 0) - root * (polynomial[i] ?? 0));
  return roots.reduce<number[]>(timesRoot, [1]);
}
