import { engine, type Scalar, type Tensor } from "@tensorflow/tfjs-core";
import type { TensorLike } from "../core/tensor.ts";
import { differentiableGradient } from "./composed/gradient.ts";
import { labelsGradient } from "./composed/labels-gradient.ts";
import { compose } from "./composed/loss.ts";
import { fusedLoss, isFused, unfilled } from "./fused.ts";
import { type Inputs, type Operation, run } from "./operation.ts";
import { requireNoMore, type SoftmaxCrossEntropyOptions, type Summed } from "./options.ts";
import { type Call, type CallTensors, inFloat32, readCall } from "./read-call.ts";
import { scaled } from "./scaled.ts";
import { sharing } from "./share.ts";
import { wayOf } from "./way.ts";

/**
 * Softmax cross-entropy against smoothed labels, as a differentiable operation of TensorFlow.js.
 *
 *     loss = H(q′, p) = (1 − ε)·H(q, p) + ε·H(u, p),   p = softmax(z),   q′ = (1 − ε)·q + ε·u
 *     ∂loss/∂z = p − q′
 *     ∂loss/∂q = −(1 − ε)·log p, and what else moves with q: u under "other-classes" and with a prior per label, the
 *                scale with class weights; 0 where `allowed` forbids the class
 *
 * On the cpu and wasm backends loss and gradient are one pass of the library's kernel over the tensor's own memory, to
 * within 1e-6 of max(1, |loss|) and of each row's largest gradient; labels and weights that are wrong are errors. On every
 * other backend they are computed in float32 to within 1e-5 of the same, since sums over the classes round in an order of
 * the device's: on webgl and webgpu by programs of our own, else by TensorFlow.js' operations, without q′. Nothing is read
 * back there: a class index that does not exist gives NaN in its row, distributions and weights are taken as they are, and
 * `validate: true` checks all of them. Second derivatives are composed of operations on every backend.
 *
 * Adding a constant to a row's logits changes nothing. A row with NaN or +∞ among its logits, or with −∞ alone, gives NaN
 * in that row; one −∞ gives p = 0 there, and an infinite loss unless q′ has no mass there (ε = 0, or `allowed`). Rows that
 * are ignored or weigh 0 have no part in anything. A mean over no rows is 0 with a zero gradient.
 *
 * @param labels - q: class indices, shaped as the logits without the class axis, or distributions (one-hot, soft,
 * mixed), shaped as the logits; a tensor or numbers.
 * @param logits - z, unnormalised log-probabilities, any rank ≥ 1; the classes K run along `options.axis`.
 * @returns The loss in nats: a scalar, or under `reduction: "none"` one number per row, shaped as the logits without the
 * class axis. Differentiable with respect to logits and to labels that are distributions.
 * @throws {@link ArgumentError} if labels, logits or an option break what is documented for them.
 * @example
 * softmaxCrossEntropy([0], tf.tensor2d([[2, 1, 0]]), { labelSmoothing: 0.1 }); // 0.50760596
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function softmaxCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options?: Summed<SoftmaxCrossEntropyOptions>,
): Scalar;
export function softmaxCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options?: SoftmaxCrossEntropyOptions,
): Tensor;
export function softmaxCrossEntropy(
  labels: Tensor | TensorLike,
  logits: Tensor,
  options: SoftmaxCrossEntropyOptions = {},
  ...more: readonly unknown[]
): Tensor {
  requireNoMore(more);
  const { call, tensors } = readCall(labels, logits, options);
  const lossOf = (z: Tensor): Tensor => {
    const inputs: Record<string, Tensor> = { logits: z };
    if (tensors.labels) inputs.labels = tensors.labels;
    if (tensors.weights) inputs.weights = tensors.weights;
    return isFused() && engine().isTapeOn() ? withGradient(inputs, call) : run(operation, inputs, call);
  };
  // A tidy costs a tenth of a small batch's loss, and has a tensor to find only after a cast.
  return logits.dtype === "float32" ? lossOf(logits) : engine().tidy(() => lossOf(inFloat32(logits)));
}

/** The loss with its gradient: beside it a gradient costs little, alone it would need a pass of its own. */
function withGradient(inputs: Inputs, call: Call): Tensor {
  const gradient = unfilled(inputs.logits.shape, engine().backend);
  // All that the backward pass needs, unless it is differentiated as well, or labels are.
  const enough = call.kind === "indices" && engine().state.gradientDepth === 1;
  try {
    return sharing(gradient, () => run(operation, { ...inputs, gradient }, call, enough ? ["gradient"] : undefined));
  } finally {
    gradient.dispose(); // what the engine keeps of it is a share
  }
}

const operation: Operation<Call> = {
  name: "SoftlabelSoftmaxCrossEntropy",

  forward(inputs, call, backend) {
    const tensors = tensorsOf(inputs);
    if (isFused()) return [fusedLoss(tensors, inputs.gradient, call, backend)];
    return engine().tidy(() => [...wayOf(compose(tensors, call)).loss()] as [Tensor, Tensor, Tensor]);
  },

  gradients(upstream, inputs, call, kept) {
    const tensors = tensorsOf(inputs);
    const ofLogits = (): Tensor => {
      if (engine().isTapeOn()) return differentiableGradient(upstream, compose(tensors, call));
      if (inputs.gradient) return scaled(inputs.gradient, upstream, call.at);
      return wayOf(compose(tensors, call)).gradient(upstream, kept);
    };
    if (call.kind === "indices") return { logits: ofLogits };
    return { logits: ofLogits, labels: () => labelsGradient(upstream, compose(tensors, call)) };
  },
};

const tensorsOf = ({ logits, labels, weights }: Inputs): CallTensors => ({ logits, labels, weights });
