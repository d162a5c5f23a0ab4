import { engine, getBackend, type KernelBackend, scalar, type Tensor, tensor } from "@tensorflow/tfjs-core";
import type { SmoothedLoss } from "../core/result.ts";
import {
  type SoftmaxCrossEntropyOptions as PlainOptions,
  softmaxCrossEntropy as softmaxCrossEntropyInFloat64,
} from "../core/softmax-cross-entropy.ts";
import { type Tensor as Plain, sizeOf } from "../core/tensor.ts";
import { availableKernel } from "../kernels/available-kernel.ts";
import { lossByKernel } from "../kernels/loss-by-kernel.ts";
import { heapKernel, isWasmBackend } from "./heap-kernel.ts";
import type { Call, CallTensors } from "./read-call.ts";

/**
 * Whether the backend keeps its tensors where the library's own kernel reaches them: loss and gradient are then one
 * pass over the logits.
 */
export function isFused(): boolean {
  const { backend } = engine(); // starts the default one where none is set
  return getBackend() === "cpu" || isWasmBackend(backend);
}

/**
 * The loss, and with it the gradient where one is asked for.
 *
 * @param gradient - Receives ∂ Σ loss / ∂ logits: a tensor of the logits' shape that nobody has seen yet.
 * @throws {@link ArgumentError} if labels, weights or an option are wrong.
 */
export function fusedLoss(
  { labels, weights, logits }: CallTensors,
  gradient: Tensor | undefined,
  call: Call,
  backend: KernelBackend,
): Tensor {
  const options: PlainOptions = {
    ...call.options,
    ...(weights && { weights: read(weights, backend) }),
    ...(gradient && { gradientInto: read(gradient, backend) as Plain<Float32Array> }),
  };
  const q = labels ? read(labels, backend) : (call.labels as Plain);
  const z = read(logits, backend);
  const kernel = isWasmBackend(backend) ? (heapKernel(backend) ?? availableKernel()) : availableKernel();
  const { loss }: SmoothedLoss<PlainOptions> =
    (kernel && lossByKernel(kernel, q, z, options)) ?? softmaxCrossEntropyInFloat64(q, z, options);
  return typeof loss === "number" ? scalar(loss) : tensor(Float32Array.from(loss), [...call.at.rowShape]);
}

/** The tensor's numbers where they lie, without a copy. */
function read({ dataId, shape, dtype }: Tensor, backend: KernelBackend): Plain {
  const data = isWasmBackend(backend)
    ? backend.typedArrayFromHeap({ dataId, shape, dtype })
    : (backend.readSync(dataId) as Float32Array);
  return { data, shape };
}

/** A tensor of the logits' shape to write the gradient into. */
export function unfilled(shape: readonly number[], backend: KernelBackend): Tensor {
  return isWasmBackend(backend)
    ? engine().makeTensorFromTensorInfo(backend.makeOutput([...shape], "float32"))
    : tensor(new Float32Array(sizeOf(shape)), [...shape], "float32");
}
