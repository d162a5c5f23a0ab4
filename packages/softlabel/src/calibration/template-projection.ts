import { ArgumentError } from "../core/argument-error.ts";
import { describe, describeShape } from "../core/describe.ts";

/** Numbers in row-major order and the two sizes that they fill. */
export interface Matrix {
  readonly data: ArrayLike<number>;
  readonly shape: readonly [number, number];
}

/** Coordinates on the plane, in the unit of the activations. */
export interface TemplateProjection {
  /** One point per row of activations; [rows, 2]. */
  readonly points: { readonly data: Float64Array; readonly shape: readonly [rows: number, axes: 2] };
  /** The three templates, in the order of the classes asked for; [3, 2]. */
  readonly templates: { readonly data: Float64Array; readonly shape: readonly [classes: 3, axes: 2] };
}

/**
 * Penultimate activations seen on the plane through three classes' templates: the picture of Müller et al. 2019.
 *
 * A template is the weight vector w of a class in the last dense layer, z = ⟨w, x⟩ + b. Through three of them there is
 * one plane; an orthonormal basis of it, by Gram–Schmidt,
 *
 *     e₁ ∝ w₁ − w₀,        e₂ ∝ (w₂ − w₀) − ⟨w₂ − w₀, e₁⟩ e₁
 *     point of x = (⟨x − w₀, e₁⟩, ⟨x − w₀, e₂⟩)
 *
 * puts the first template at the origin, the second on the positive first axis and the third above that axis.
 * Distances within the plane are kept; only the choice of the basis is free.
 * @param activations - x, the input of the last layer; shape [rows, width]; finite.
 * @param templates - The kernel of that layer, class c in column c; shape [width, classes]; finite.
 * @param classes - Three different ones, integers in [0, classes).
 * @throws {@link ArgumentError} if shapes or classes do not fit, a number is not finite, or the three templates lie on
 *   one line.
 * @see Müller et al. 2019, §2 and Fig. 1, https://arxiv.org/abs/1906.02629
 */
export function templateProjection(
  activations: Matrix,
  templates: Matrix,
  classes: readonly [number, number, number],
): TemplateProjection {
  requireMatrix("activations", activations);
  requireMatrix("templates", templates);
  const [rows, width] = activations.shape;
  const [templateWidth, count] = templates.shape;
  if (templateWidth !== width) {
    const got = `${describeShape(templates.shape)} against activations ${describeShape(activations.shape)}`;
    throw new ArgumentError(`templates must have the shape [${width}, classes], got ${got}`);
  }
  requireThreeClasses(classes, count);

  const [origin, second, third] = classes.map((c) => column(templates, c));
  const { first: e1, second: e2 } = planeBasis(minus(second, origin), minus(third, origin), classes);
  const place = (x: ArrayLike<number>, start: number, out: Float64Array, at: number): void => {
    for (let j = 0; j < width; j++) {
      const d = x[start + j] - origin[j];
      out[at] += d * e1[j];
      out[at + 1] += d * e2[j];
    }
  };
  const points = new Float64Array(rows * 2);
  for (let row = 0; row < rows; row++) place(activations.data, row * width, points, row * 2);
  const corners = new Float64Array(6);
  for (const [i, template] of [origin, second, third].entries()) place(template, 0, corners, i * 2);
  return { points: { data: points, shape: [rows, 2] }, templates: { data: corners, shape: [3, 2] } };
}

function planeBasis(
  a: Float64Array,
  b: Float64Array,
  classes: readonly number[],
): { first: Float64Array; second: Float64Array } {
  const lengthA = Math.sqrt(dot(a, a));
  const lengthB = Math.sqrt(dot(b, b));
  const first = a.map((x) => x / lengthA);
  const along = dot(b, first);
  const across = b.map((x, j) => x - along * first[j]);
  const height = Math.sqrt(dot(across, across));
  // Below this share of b, the rest is what rounding left of a vector along a. NaN, from two equal templates, fails.
  if (!(height > 1e-12 * lengthB)) {
    throw new ArgumentError(`templates must span a plane, got those of classes ${classes.join(", ")} on one line`);
  }
  return { first, second: across.map((x) => x / height) };
}

function requireThreeClasses(classes: readonly number[], count: number): void {
  const inRange = (c: number): boolean => Number.isInteger(c) && c >= 0 && c < count;
  if (!(Array.isArray(classes) && classes.length === 3 && new Set(classes).size === 3 && classes.every(inRange))) {
    const got = Array.isArray(classes) ? `[${classes.map(describe).join(", ")}]` : describe(classes);
    throw new ArgumentError(`classes must be three different integers in [0, ${count}), got ${got}`);
  }
}

function requireMatrix(name: string, matrix: Matrix): void {
  if (matrix?.data?.length === undefined || !Array.isArray(matrix.shape) || matrix.shape.length !== 2) {
    throw new ArgumentError(`${name} must be { data, shape } of two axes, got ${describe(matrix)}`);
  }
  const { data, shape } = matrix;
  if (data.length !== shape[0] * shape[1]) {
    throw new ArgumentError(`${name} must fill the shape ${describeShape(shape)}, got ${data.length} numbers`);
  }
  for (let i = 0; i < data.length; i++) {
    if (!Number.isFinite(data[i])) {
      const row = Math.floor(i / shape[1]);
      throw new ArgumentError(`${name} must be finite, got ${describe(data[i])} at row ${row}`);
    }
  }
}

function column({ data, shape: [rows, columns] }: Matrix, at: number): Float64Array {
  return Float64Array.from({ length: rows }, (_, row) => data[row * columns + at]);
}

function minus(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((x, j) => x - b[j]);
}

function dot(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, x, j) => sum + x * b[j], 0);
}
