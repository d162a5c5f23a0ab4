import { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { readBroadcast } from "../core/broadcast.ts";
import { describeShape } from "../core/describe.ts";
import type { KeysOf } from "../core/options.ts";
import { requireOneOf } from "../core/options.ts";
import { sigmoidCrossEntropy as core, type SigmoidConvention } from "../core/sigmoid-cross-entropy.ts";
import { readTensor, sameShape, sizeOf } from "../core/tensor.ts";
import { borrowed, type Hold, holding, isJaxArray, type Operand } from "./holding.ts";
import { type JaxReductionOptions, type JaxTensorLike, requireTraceable } from "./options.ts";
import { preciseLog, preciseLog1p } from "./precise-log.ts";
import { reduceRows, requireReduction } from "./reduce-rows.ts";
import { requireFloats } from "./rows.ts";

/**
 * Options of {@link sigmoidCrossEntropy}, with the meanings that they have in `softlabel`; what is "per row" in
 * {@link JaxReductionOptions} is per element here.
 */
export interface SigmoidCrossEntropyOptions extends JaxReductionOptions {
  /** ε in [0, 1], a number or what broadcasts to the logits' shape; 0 by default. */
  readonly labelSmoothing?: JaxTensorLike | undefined;
  /** `"half"` by default. */
  readonly convention?: SigmoidConvention | undefined;
  /** Probability that a label is on before anything is known, in [0, 1]; broadcasts to the logits' shape; ½ by default. */
  readonly prior?: JaxTensorLike | undefined;
}

/**
 * Sigmoid cross-entropy of independent labels against smoothed labels, element by element, traceable by `grad`, `jit`,
 * `vmap` and the other transformations of jax-js.
 *
 *     loss = κ·|z| + log(1 + e^−|z|),   κ = 1 − y′ where z ≥ 0, else y′,   y′ = (1 − ε)·y + ε/2
 *     ∂loss/∂z = σ(z) − y′,   ∂loss/∂y = −(1 − ε)·z
 *
 * This is y′·softplus(−z) + (1 − y′)·softplus(z) without overflow. NaN gives NaN in that element; z = ±∞ gives an
 * infinite loss unless y′ agrees. Elements that weigh 0 have no part in anything.
 *
 * The numbers of jax-js arrays are not known while a function is traced, and are taken as they are; what is given as
 * numbers is checked, and is part of the traced function.
 *
 * @param labels - y in [0, 1]; the logits' shape, any rank. An array of jax-js is consumed.
 * @param logits - z: float32, float64, or float16, which is computed in float32 and has no gradient, since jax-js' cast
 * has none; one element at least. Consumed.
 * @param options - Arrays of jax-js among them are consumed.
 * @returns The loss in nats: a scalar, or under `reduction: "none"` of the logits' shape. All arrays are consumed also
 * when it throws.
 * @throws {@link ArgumentError} if a shape, a number or an option breaks what is documented for it.
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567, for two classes
 */
export function sigmoidCrossEntropy(
  labels: JaxTensorLike,
  logits: np.Array,
  options: SigmoidCrossEntropyOptions = {},
): np.Array {
  return holding([labels, logits], options, (hold) => {
    requireTraceable(options, ownKeys);
    const { shape, dtype } = requireFloats(logits, "logits");
    requireReduction(options);
    const elements = elementsOf(shape, dtype, hold);
    const weights = options.weights === undefined ? undefined : spread(elements(options.weights, "weights", Infinity));
    const y = readBinaryLabels(labels, shape, dtype, hold);
    const target = hold(smoothedLabels(y, options, elements));
    const all = hold(logits.ref.astype(dtype));
    // What an element of weight 0 holds, NaN perhaps, must not reach a gradient: 0·NaN is NaN.
    const z = weights === undefined ? all : hold(np.where(weights.ref.notEqual(0), all.ref, 0));
    const losses = lossOfElements(z, target, hold);
    const floored = requireOneOf(options.subtractFloor, [false, true], "subtractFloor");
    const reported = hold(floored ? losses.sub(binaryEntropy(target)) : losses);
    return reduceRows(reported, { weights }, shape, options, hold);

    function spread(operand: Operand): np.Array {
      return hold(np.ones([...shape], { dtype }).mul(borrowed(operand)));
    }
  });
}

const ownKeys: KeysOf<Omit<SigmoidCrossEntropyOptions, keyof JaxReductionOptions>> = {
  labelSmoothing: true,
  convention: true,
  prior: true,
};

type Elements = (value: JaxTensorLike, name: string, most: number) => Operand;

/** Reads an option that broadcasts to the logits' shape: a number as it is, an array held. */
function elementsOf(shape: readonly number[], dtype: np.DType, hold: Hold): Elements {
  return (value, name, most) => {
    if (!isJaxArray(value)) {
      const spread = readBroadcast(value, name, shape, most);
      if (typeof value === "number") return value;
      return hold(np.array(Float32Array.from(spread), { shape: [...shape] }).astype(dtype));
    }
    const lead = shape.length - value.ndim;
    if (lead < 0 || value.shape.some((length, axis) => length !== 1 && length !== shape[lead + axis])) {
      throw new ArgumentError(`${name} must broadcast to ${describeShape(shape)}, got ${describeShape(value.shape)}`);
    }
    return hold(value.ref.astype(dtype));
  };
}

function readBinaryLabels(labels: JaxTensorLike, shape: readonly number[], dtype: np.DType, hold: Hold): np.Array {
  if (!isJaxArray(labels)) {
    const { data } = readTensor(labels, "labels");
    // The core's own checks, on logits that cost nothing.
    core(labels, { data: new Float32Array(sizeOf(shape)), shape });
    return hold(np.array(Float32Array.from(data), { shape: [...shape] }).astype(dtype));
  }
  if (!sameShape(labels.shape, shape)) {
    const wanted = `the logits' shape ${describeShape(shape)}`;
    throw new ArgumentError(`labels must have ${wanted}, got ${describeShape(labels.shape)}`);
  }
  return hold(labels.ref.astype(dtype));
}

/** y′ */
function smoothedLabels(y: np.Array, options: SigmoidCrossEntropyOptions, elements: Elements): np.Array {
  const { labelSmoothing = 0, prior } = options;
  const full = requireOneOf(options.convention, ["half", "full"], "convention") === "full";
  if (full && prior !== undefined) {
    throw new ArgumentError(`prior must come with convention "half", got it with "full", which turns labels over`);
  }
  const ε = elements(labelSmoothing, "labelSmoothing", 1);
  const u = full ? np.subtract(1, y.ref) : borrowed(elements(prior ?? 0.5, "prior", 1));
  if (ε === 0) {
    if (typeof u !== "number") u.dispose();
    return y.ref;
  }
  const hard = typeof ε === "number" ? 1 - ε : np.subtract(1, ε.ref);
  return y.ref.mul(hard).add(np.multiply(u, borrowed(ε)));
}

function lossOfElements(z: np.Array, target: np.Array, hold: Hold): np.Array {
  const positive = hold(z.ref.greaterEqual(0));
  const size = hold(np.where(positive.ref, z.ref, z.ref.neg()));
  const κ = hold(np.where(positive.ref, np.subtract(1, target.ref), target.ref));
  // A share of 0 drops its term where z is ±∞, and there alone: elsewhere labels have a gradient.
  const distance = np.where(np.logicalOr(κ.ref.notEqual(0), size.ref.less(Infinity)), size.ref, 0);
  return κ.ref.mul(distance).add(preciseLog1p(np.exp(size.ref.neg())));
}

/** −y·log y − (1 − y)·log(1 − y) */
function binaryEntropy(target: np.Array): np.Array {
  const term = (share: np.Array): np.Array => {
    const some = share.ref.greater(0);
    return share.ref.mul(preciseLog(np.where(some, share, 1)));
  };
  return term(target.ref)
    .add(term(np.subtract(1, target.ref)))
    .neg();
}
