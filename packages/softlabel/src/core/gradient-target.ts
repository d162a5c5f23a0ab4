import { ArgumentError } from "./argument-error.ts";
import { describe, describeShape } from "./describe.ts";
import { type ReductionOptions, requireOneOf } from "./options.ts";
import { type Gradient, type Numbers, readTensor, sameShape } from "./tensor.ts";

/** Where a loss writes its gradient, and what it then returns. */
export interface GradientTarget {
  /** Zeros to begin with, as many as there are logits. */
  readonly data: Float32Array | Float64Array;
  readonly finished: () => Gradient;
}

/**
 * What `gradient` and `gradientInto` ask for; undefined: no gradient.
 *
 * A tensor of the caller receives the numbers when all of them are known: it may be the logits or overlap them, and
 * an error on the way leaves it untouched.
 *
 * @throws {@link ArgumentError} if the tensor has another shape or type, or comes with `gradient: false`.
 */
export function gradientTarget(logits: Numbers, options: ReductionOptions): GradientTarget | undefined {
  const wanted = requireOneOf(options.gradient, [false, true], "gradient");
  const { gradientInto: into } = options;
  if (into === undefined) {
    if (!wanted) return undefined;
    const data = zerosLike(logits.data);
    return { data, finished: () => ({ data, shape: logits.shape }) };
  }
  if (options.gradient === false) throw new ArgumentError("gradient must be true with gradientInto, got false");
  const { shape } = readTensor(into, "gradientInto");
  const { data: target } = into;
  if (!isFloats(target)) {
    const got = describe(target === undefined ? into : target);
    throw new ArgumentError(`gradientInto must be a tensor { data, shape } of float32 or float64 numbers, got ${got}`);
  }
  if (!sameShape(shape, logits.shape)) {
    const like = `the logits' shape ${describeShape(logits.shape)}`;
    throw new ArgumentError(`gradientInto must have ${like}, got ${describeShape(shape)}`);
  }
  const data = zerosLike(target);
  return {
    data,
    finished() {
      target.set(data);
      return into;
    },
  };
}

/** float32 for float32, else float64. */
const zerosLike = (numbers: ArrayLike<number>): Float32Array | Float64Array =>
  tagOf(numbers) === "Float32Array" ? new Float32Array(numbers.length) : new Float64Array(numbers.length);

/** By its tag, not by its constructor: an array of another realm has its own. */
const isFloats = (numbers: unknown): numbers is Float32Array | Float64Array =>
  ["Float32Array", "Float64Array"].includes(tagOf(numbers));

const tagOf = (value: unknown): string => Object.prototype.toString.call(value).slice(8, -1);
