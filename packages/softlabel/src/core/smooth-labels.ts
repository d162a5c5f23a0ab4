import { ArgumentError } from "./argument-error.ts";
import { classAxis } from "./class-axis.ts";
import { describe, describeShape } from "./describe.ts";
import { distributions, indices } from "./labels.ts";
import { type KeysOf, requireOneOf, requireOptions, type SmoothingOptions, smoothingKeys } from "./options.ts";
import { readSmoothedLabels } from "./smoothing.ts";
import { readTensor, type Tensor, type TensorLike } from "./tensor.ts";

/** Options of {@link smoothLabels}. */
export interface SmoothLabelsOptions extends SmoothingOptions {
  /** K. Needed for class indices; with distributions it comes from the class axis. */
  readonly classes?: number | undefined;
  /**
   * What the labels are. By default: distributions when `classes` is not given, or when the labels have rank 2 or more
   * and `classes` of them along the class axis; indices otherwise.
   */
  readonly labelKind?: "indices" | "distributions" | undefined;
}

/**
 * The smoothed labels q′ themselves, for a caller that needs them; the losses never build them.
 *
 *     q′ = (1 − ε)·q + ε·u
 *
 * Ignored rows are all 0. ε = 0 gives q, ε = 1 gives u.
 *
 * @param labels - Class indices of any rank, or distributions over the classes along `options.axis`.
 * @returns q′ in float64: for distributions with the labels' shape, for indices with the class axis inserted.
 * @throws {@link ArgumentError} if the labels or an option break what is documented for them.
 * @example
 * smoothLabels([1], { classes: 4, labelSmoothing: 0.2 }).data; // [0.05, 0.85, 0.05, 0.05]
 * @see Szegedy et al. 2016, §7, https://arxiv.org/abs/1512.00567
 */
export function smoothLabels(labels: TensorLike, options: SmoothLabelsOptions = {}): Tensor<Float64Array> {
  requireOptions(options, ownKeys, smoothingKeys);
  const { data, shape: given } = readTensor(labels, "labels");
  const { axis = -1 } = options;
  const kind = labelKind(given, axis, options);
  const shape = kind === "distributions" ? given : withClassAxis(given, axis, options.classes);
  const at = classAxis(shape, axis, "labels");
  if (options.classes !== undefined && at.classes !== options.classes) {
    const wanted = `${describe(options.classes)} classes on axis ${at.axis}`;
    throw new ArgumentError(`labels must have ${wanted}, got shape ${describeShape(given)}`);
  }
  const plain =
    kind === "distributions" ? distributions(data, at, "for class indices pass classes") : indices(data, at, options);
  const smoothed = readSmoothedLabels(plain, shape, at, options);
  const out = new Float64Array(at.rows * at.classes);
  const [q, u] = [new Float64Array(at.classes), new Float64Array(at.classes)];
  for (let row = 0; row < at.rows; row++) {
    if (smoothed.ignored(row)) continue;
    const { hard, smooth } = smoothed.read(row, q, u);
    for (let k = 0, to = at.start(row); k < at.classes; k++, to += at.stride) out[to] = hard * q[k] + smooth * u[k];
  }
  return { data: out, shape };
}

const ownKeys: KeysOf<Omit<SmoothLabelsOptions, keyof SmoothingOptions>> = { classes: true, labelKind: true };

function labelKind(
  shape: readonly number[],
  axis: number,
  { classes, labelKind }: SmoothLabelsOptions,
): "indices" | "distributions" {
  if (labelKind !== undefined) return requireOneOf(labelKind, ["indices", "distributions"], "labelKind");
  if (classes === undefined) return "distributions";
  return shape.length >= 2 && shape.at(axis) === classes ? "distributions" : "indices";
}

function withClassAxis(rowShape: readonly number[], axis: number, classes: unknown): readonly number[] {
  if (!(typeof classes === "number" && Number.isInteger(classes) && classes >= 1)) {
    throw new ArgumentError(
      `classes must be an integer ≥ 1 for labels that are class indices, got ${describe(classes)}`,
    );
  }
  const rank = rowShape.length + 1;
  if (!(Number.isInteger(axis) && axis >= -rank && axis < rank)) {
    throw new ArgumentError(`axis must be an integer in [${-rank}, ${rank}), got ${describe(axis)}`);
  }
  const at = axis < 0 ? axis + rank : axis;
  return [...rowShape.slice(0, at), classes, ...rowShape.slice(at)];
}
