import { cast, reshape, type Tensor, type Tensor2D, transpose } from "@tensorflow/tfjs-core";
import type { ClassAxis } from "../../core/class-axis.ts";

/** A tensor of the logits' shape as [rows, classes], the rows in row-major order of the other axes. */
export function toRows(tensor: Tensor, { axis, rows, classes }: ClassAxis): Tensor2D {
  const last = tensor.rank - 1;
  const order = Array.from({ length: last + 1 }, (_, to) => (to === last ? axis : to < axis ? to : to + 1));
  return reshape(axis === last ? tensor : transpose(tensor, order), [rows, classes]);
}

/** The inverse: [rows, classes] in the logits' shape. */
export function fromRows(rows: Tensor, { axis, rowShape, classes }: ClassAxis): Tensor {
  const ordered = reshape(rows, [...rowShape, classes]);
  const last = rowShape.length;
  const order = Array.from({ length: last + 1 }, (_, to) => (to === axis ? last : to < axis ? to : to - 1));
  return axis === last ? ordered : transpose(ordered, order);
}

/** One number per row as a column of float32, which broadcasts along the classes. */
export function column(perRow: Tensor): Tensor2D {
  return reshape(cast(perRow, "float32"), [perRow.size, 1]);
}

/** The next step of a computation whose intermediate results are as large as the logits: `x` is disposed. */
export function step(x: Tensor, next: (x: Tensor) => Tensor): Tensor2D {
  const result = next(x);
  x.dispose();
  return result as Tensor2D;
}
