import { cast, Tensor } from "@tensorflow/tfjs-core";
import { ArgumentError } from "../core/argument-error.ts";
import { type ClassAxis, classAxis } from "../core/class-axis.ts";
import { describe } from "../core/describe.ts";
import { readLabels } from "../core/labels.ts";
import { requireOneOf, requireOptions } from "../core/options.ts";
import type { SoftmaxCrossEntropyOptions as PlainOptions } from "../core/softmax-cross-entropy.ts";
import { type Numbers, readTensor, sizeOf, type TensorLike } from "../core/tensor.ts";
import { type SoftmaxCrossEntropyOptions, softmaxKeys } from "./options.ts";

/** One call of the operation: everything about it but the numbers in its tensors. */
export interface Call {
  readonly at: ClassAxis;
  /** The logits'. */
  readonly shape: readonly number[];
  readonly kind: "indices" | "distributions";
  /** Undefined where the labels are a tensor. */
  readonly labels: Numbers | undefined;
  /** All options but those that only tensors have; with `weights` unless these are a tensor. */
  readonly options: PlainOptions;
  readonly validate: boolean;
}

/** The tensors of a call, by name; what is not one is in {@link Call}. */
export interface CallTensors {
  readonly logits: Tensor;
  readonly labels: Tensor | undefined;
  readonly weights: Tensor | undefined;
}

/** @throws {@link ArgumentError} for what can be told to be wrong from shapes and options alone. */
export function readCall(
  labels: Tensor | TensorLike,
  logits: Tensor,
  given: SoftmaxCrossEntropyOptions,
): { readonly call: Call; readonly tensors: CallTensors } {
  requireOptions(given, softmaxKeys);
  const { validate, weights, ...plain } = given;
  requireTensor(logits, "logits");
  const { shape } = logits;
  const at = classAxis(shape, plain.axis ?? -1, "logits");
  if (labels instanceof Tensor) requireKept(labels, "labels");
  const numbers = labels instanceof Tensor ? undefined : readTensor(labels, "labels");
  // By their shape alone: what a tensor holds may lie on another device.
  const { kind } = readLabels(numbers ?? { data: [], shape: (labels as Tensor).shape }, shape, at, plain);
  const onDevice = weights instanceof Tensor ? weights : undefined;
  if (onDevice !== undefined) {
    requireKept(onDevice, "weights");
    requireOnePerRow(onDevice, at);
  }
  return {
    call: {
      at,
      shape,
      kind,
      labels: numbers,
      options: onDevice !== undefined || weights === undefined ? plain : { ...plain, weights: weights as TensorLike },
      validate: requireOneOf(validate, [false, true], "validate"),
    },
    tensors: { logits, labels: labels instanceof Tensor ? labels : undefined, weights: onDevice },
  };
}

/** @throws {@link ArgumentError} for anything but a tensor of float32 or int32 numbers that is not disposed. */
export function requireTensor(value: unknown, name: string): asserts value is Tensor {
  if (!(value instanceof Tensor)) {
    throw new ArgumentError(`${name} must be a TensorFlow.js tensor, got ${describe(value)}`);
  }
  if (value.dtype !== "float32" && value.dtype !== "int32") {
    throw new ArgumentError(`${name} must be a tensor of float32 numbers, got ${value.dtype}`);
  }
  requireKept(value, name);
}

/** @throws {@link ArgumentError} if the tensor is disposed. */
export function requireKept(tensor: Tensor, name: string): void {
  if (!tensor.isDisposed) return;
  throw new ArgumentError(`${name} must be a tensor that still has its numbers, got one that is disposed`);
}

/** The engine counts a cast that changes nothing as another tensor. */
export const inFloat32 = (logits: Tensor): Tensor => (logits.dtype === "float32" ? logits : cast(logits, "float32"));

function requireOnePerRow(weights: Tensor, { rows, rowShape, axis }: ClassAxis): void {
  const kept = [...rowShape.slice(0, axis), 1, ...rowShape.slice(axis)];
  const fits = weights.rank === 0 || [rowShape, kept, [rows]].some((shape) => `${shape}` === `${weights.shape}`);
  if (!fits || sizeOf(weights.shape) === 0) {
    const wanted = `one number per row, shape [${rowShape.join(", ")}]`;
    throw new ArgumentError(`weights must be a number or ${wanted}, got [${weights.shape.join(", ")}]`);
  }
}
