import { ArgumentError } from "../../core/argument-error.ts";
import { describeShape } from "../../core/describe.ts";
import { readTensor, sameShape, sizeOf, type TensorLike } from "../../core/tensor.ts";

/** Rows of features and the linear layer that makes logits of them, in float32. */
export interface LayerInput {
  readonly rows: number;
  readonly rowShape: readonly number[];
  readonly width: number;
  readonly classes: number;
  /** x; shape [rows, width]. */
  readonly features: Float32Array;
  /** w; shape [classes, width]. */
  readonly weight: Float32Array;
  /** b; shape [classes]. */
  readonly bias: Float32Array | undefined;
}

/** @throws {@link ArgumentError} if one of them is no tensor, or they do not fit each other. */
export function readLayer(features: TensorLike, weight: TensorLike, bias: TensorLike | undefined): LayerInput {
  const x = readTensor(features, "features");
  const rowShape = x.shape.slice(0, -1);
  const width = x.shape.at(-1) ?? 0;
  if (width === 0) {
    throw new ArgumentError(
      `features must have at least one number per row, shape [rows, width], got ${describeShape(x.shape)}`,
    );
  }
  const w = readTensor(weight, "weight");
  const [classes = 0] = w.shape;
  if (!sameShape(w.shape, [classes, width])) {
    const transposed = w.shape.length === 2 && classes === width;
    const remedy = transposed ? `; it lies as [width, classes]: transpose it` : "";
    const wanted = `[classes, ${width}] for features of shape ${describeShape(x.shape)}`;
    throw new ArgumentError(`weight must have shape ${wanted}, got ${describeShape(w.shape)}${remedy}`);
  }
  if (classes === 0)
    throw new ArgumentError(`weight must have at least one class, got shape ${describeShape(w.shape)}`);
  const b = bias === undefined ? undefined : readTensor(bias, "bias");
  if (b && !sameShape(b.shape, [classes])) {
    throw new ArgumentError(`bias must have shape [${classes}], one per class, got ${describeShape(b.shape)}`);
  }
  return {
    rows: sizeOf(rowShape),
    rowShape,
    width,
    classes,
    features: single(x.data),
    weight: single(w.data),
    bias: b && single(b.data),
  };
}

const single = (data: ArrayLike<number>): Float32Array =>
  data instanceof Float32Array ? data : new Float32Array(data);
