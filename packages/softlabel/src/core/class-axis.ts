import { ArgumentError } from "./argument-error.ts";
import { describe, describeShape } from "./describe.ts";
import { sizeOf } from "./tensor.ts";

/**
 * Where the rows of a tensor lie when its classes run along one axis.
 *
 * Class k of row i is at `start(i) + k·stride`. Rows are numbered in row-major order of the other axes.
 */
export interface ClassAxis {
  /** 0-based, never negative. */
  readonly axis: number;
  /** K */
  readonly classes: number;
  /** N */
  readonly rows: number;
  readonly stride: number;
  readonly start: (row: number) => number;
  /** The shape without the class axis: that of index labels and of one value per row. */
  readonly rowShape: readonly number[];
}

/** As many elements as a JavaScript array can have. */
const MAX_LENGTH = 2 ** 32 - 1;

/**
 * @param shape - Of the tensor that has the classes.
 * @param axis - In [−rank, rank); negative counts from the end.
 * @throws {@link ArgumentError} if the axis does not exist, has no class, or is longer than any array.
 */
export function classAxis(shape: readonly number[], axis: number, name: string): ClassAxis {
  const rank = shape.length;
  if (rank === 0) throw new ArgumentError(`${name} must have a class axis, got a single number`);
  if (!(Number.isInteger(axis) && axis >= -rank && axis < rank)) {
    const wanted = `an integer in [${-rank}, ${rank}) for ${name} of shape ${describeShape(shape)}`;
    throw new ArgumentError(`axis must be ${wanted}, got ${describe(axis)}`);
  }
  const at = axis < 0 ? axis + rank : axis;
  const classes = shape[at];
  if (classes === 0) {
    throw new ArgumentError(`${name} must have at least one class on axis ${at}, got shape ${describeShape(shape)}`);
  }
  if (Math.max(classes, sizeOf(shape)) > MAX_LENGTH) {
    throw new ArgumentError(`${name} must hold at most ${MAX_LENGTH} numbers, got shape ${describeShape(shape)}`);
  }
  const stride = sizeOf(shape.slice(at + 1));
  return {
    axis: at,
    classes,
    rows: sizeOf(shape) / classes,
    stride,
    start: (row) => Math.floor(row / stride) * classes * stride + (row % stride),
    rowShape: [...shape.slice(0, at), ...shape.slice(at + 1)],
  };
}
