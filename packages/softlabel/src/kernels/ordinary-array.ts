import { ArgumentError } from "../core/argument-error.ts";
import { describeShape } from "../core/describe.ts";
import { sizeOf } from "../core/tensor.ts";

/** Zeros of a shape in an array of their own. @throws {@link ArgumentError} if the engine has no memory for it. */
export function ordinaryArray(shape: readonly number[]): Float32Array {
  const length = sizeOf(shape);
  try {
    return new Float32Array(length);
  } catch {
    const bytes = length * Float32Array.BYTES_PER_ELEMENT;
    throw new ArgumentError(`shape must fit in memory, got ${describeShape(shape)}, which takes ${bytes} bytes`);
  }
}
