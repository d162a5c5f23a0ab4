import { ArgumentError } from "../core/argument-error.ts";
import { classWeightKeys } from "../core/class-weights.ts";
import { conventions, reductionKeys, smoothingKeys } from "../core/options.ts";
import type { SoftmaxCrossEntropyOptions } from "../core/softmax-cross-entropy.ts";
import { type Gradient, sameShape, type TensorLike } from "../core/tensor.ts";
import { type ClassPrior, classPrior } from "./class-prior.ts";
import { type Distributions, readDistributions } from "./distributions.ts";
import type { LabelScanner } from "./label-scanner.ts";
import { type LogitRows, readIndices, readLogitRows, readRawLabels } from "./read-rows.ts";
import { type RowScratch, rowScratch } from "./row-scratch.ts";
import { scaleRows } from "./scale-rows.ts";
import { shareRows } from "./share-rows.ts";

/** A call that is right and that a kernel can do, with everything about its options resolved. */
export interface Prepared {
  readonly logits: LogitRows;
  /** Undefined where the labels are class indices or one-hot: their classes are in `scratch`. */
  readonly distributions: Distributions | undefined;
  readonly prior: ClassPrior;
  readonly scratch: RowScratch;
  /** What the sums begin with. */
  readonly initial: number;
  /** Where the gradient goes, and the numbers there: the logits' own where it is in place. */
  readonly gradient: GradientPlace | undefined;
}

interface GradientPlace {
  readonly tensor: Gradient;
  readonly data: Float32Array;
  /** Where the numbers go once all are known, if not to `data`. */
  readonly copyTo?: Float32Array;
}

/**
 * @returns undefined where the core must do the call: the kernel does not know what it asks for, or it breaks a
 * precondition, which the core then names: there is one set of messages.
 */
export function prepare(
  scanner: LabelScanner,
  labels: TensorLike,
  logits: TensorLike,
  options: SoftmaxCrossEntropyOptions,
): Prepared | undefined {
  try {
    return prepareValid(scanner, labels, logits, options);
  } catch (error) {
    if (error instanceof ArgumentError) return undefined;
    throw error;
  }
}

function prepareValid(
  scanner: LabelScanner,
  labels: TensorLike,
  given: TensorLike,
  options: SoftmaxCrossEntropyOptions,
): Prepared | undefined {
  const logits = readLogitRows(given);
  if (logits === undefined || !knows(options, logits)) return undefined;
  const raw = readRawLabels(labels, logits);
  const prior = classPrior(logits.classes, options);
  if (raw === undefined || prior === undefined) return undefined;
  const others = options.convention === "other-classes";
  if (others && (options.prior !== undefined || prior.allowed === 1)) return undefined;

  const { rows, classes } = logits;
  const scratch = rowScratch(rows);
  let kept: number | undefined = rows;
  let distributions: Distributions | undefined;
  if (raw.kind === "distributions") {
    distributions = readDistributions(scanner, raw.data, rows, classes, prior.excluded);
    if (distributions === undefined) return undefined;
    if (distributions.sparse?.oneHot) {
      scratch.labels.set(distributions.sparse.classOf.subarray(0, rows));
      distributions = undefined;
    } else if (others) {
      return undefined;
    }
  } else {
    kept = readIndices(raw.data, classes, options.ignoreIndex, options.paddingIndex, prior.excluded, scratch.labels);
    if (kept === undefined) return undefined;
  }
  if (others && labelIsImpossible(logits, scratch.labels)) return undefined;
  if (!shareRows(logits, scratch, prior, options)) return undefined;
  const initial = scaleRows(logits, scratch, distributions, kept, options);
  if (initial === undefined) return undefined;

  const gradient = gradientOf(logits, distributions, options);
  return gradient === null ? undefined : { logits, distributions, prior, scratch, initial, gradient };
}

/** Whether every option is one that the kernel does, as far as it can be told without reading tensors. */
function knows(options: SoftmaxCrossEntropyOptions, { shape, classes }: LogitRows): boolean {
  if (Object.prototype.toString.call(options) !== "[object Object]") return false;
  for (const key in options) if (!known.has(key)) return false;
  const { axis = -1, uniformAxis, convention, classWeighting, ignoreIndex, paddingIndex, subtractFloor } = options;
  const last = shape.length - 1;
  return (
    (axis === -1 || axis === last) &&
    // At rank 1 there is no axis 1, and TensorFlow's presets mean the class axis.
    (uniformAxis === undefined || uniformAxis === last || (last === 0 && uniformAxis === 1)) &&
    (convention === undefined || conventionsKnown.has(convention)) &&
    (classWeighting === undefined || classWeighting === "example" || classWeighting === "pytorch") &&
    (ignoreIndex === undefined || Number.isInteger(ignoreIndex)) &&
    (paddingIndex === undefined || (Number.isInteger(paddingIndex) && paddingIndex >= 0 && paddingIndex < classes)) &&
    (subtractFloor === undefined || typeof subtractFloor === "boolean")
  );
}

const known: ReadonlySet<string> = /* @__PURE__ */ new Set(
  /* @__PURE__ */ Object.keys({ ...smoothingKeys, ...reductionKeys, ...classWeightKeys }),
);
const conventionsKnown: ReadonlySet<string> = /* @__PURE__ */ new Set(conventions);

/** −∞ there is an infinite H(q, p), of which the H(û, p) of the other classes cannot be told apart. */
function labelIsImpossible({ data, classes }: LogitRows, labels: Int32Array): boolean {
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] >= 0 && data[row * classes + labels[row]] === Number.NEGATIVE_INFINITY) return true;
  }
  return false;
}

/** @returns undefined: no gradient is wanted; null: the core must write it, or refuse to. */
function gradientOf(
  { data, shape }: LogitRows,
  distributions: Distributions | undefined,
  { gradient, gradientInto }: SoftmaxCrossEntropyOptions,
): Prepared["gradient"] | null {
  if (gradient !== undefined && typeof gradient !== "boolean") return null;
  if (gradientInto === undefined) {
    if (!gradient) return undefined;
    const fresh = new Float32Array(data.length);
    return { tensor: { data: fresh, shape }, data: fresh };
  }
  if (gradient === false || gradientInto instanceof Float32Array) return null;
  const target = readLogitRows(gradientInto);
  if (target === undefined || !sameShape(target.shape, shape)) return null;
  if (overlap(target.data, data)) {
    const inPlace = target.data.byteOffset === data.byteOffset;
    return inPlace && !(distributions && overlap(data, distributions.data)) ? { tensor: gradientInto, data } : null;
  }
  if (distributions && overlap(target.data, distributions.data)) return null;
  if (mayOverlap(target.data, data) || (distributions && mayOverlap(target.data, distributions.data))) {
    return { tensor: gradientInto, data: new Float32Array(data.length), copyTo: target.data };
  }
  return { tensor: gradientInto, data: target.data };
}

const overlap = (a: Float32Array, b: Float32Array): boolean => a.buffer === b.buffer && meet(a, b);

/** Views of one shared memory have different buffers if it has grown in between, or come from another thread. */
const mayOverlap = (a: Float32Array, b: Float32Array): boolean =>
  a.buffer !== b.buffer && isShared(a) && isShared(b) && meet(a, b);

const isShared = ({ buffer }: Float32Array): boolean => !(buffer instanceof ArrayBuffer);

const meet = (a: Float32Array, b: Float32Array): boolean =>
  a.byteOffset < b.byteOffset + b.byteLength && b.byteOffset < a.byteOffset + a.byteLength;
