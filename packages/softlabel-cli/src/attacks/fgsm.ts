import { ArgumentError } from "softlabel";
import type { Norm } from "./attack-config.ts";
import { ascend, type Box, type Region } from "./ball.ts";
import { gradientOf } from "./compute.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { requireInputs, requireLabels, requireRadius } from "./require.ts";

/** What every attack is told; what is left out has the value that its line names. */
export interface AttackOptions {
  /** Radius of the ball, in units of the input; 0 changes nothing. */
  readonly epsilon: number;
  /** `"inf"`. */
  readonly norm?: Norm;
  /** The values that inputs may have, [0, 1]; `null` bounds nothing. */
  readonly box?: Box | null;
  /**
   * The classes to lead away from, one per row. `"predicted"`, the value when left out, takes what the model says of
   * the clean input: the true label would leak into what is trained on (Kurakin et al. 2017).
   */
  readonly labels?: Int32Array | "predicted";
  /** Leads towards `labels`, which must be given then; `false`. */
  readonly targeted?: boolean;
}

/** An attack's options, checked and whole. */
export interface Problem {
  readonly rows: number;
  readonly region: Region;
  readonly labels: Int32Array | "predicted";
  /** 1 ascends the loss of `labels`, −1 descends it. */
  readonly direction: 1 | -1;
}

/**
 * The fast gradient sign method: one step of length ε.
 *
 *     inf:  x + ε·sign ∇ₓ loss          2:  x + ε·∇ₓ loss / ‖∇ₓ loss‖          then clipped to the box
 *
 * The loss is each row's plain cross-entropy. On a linear model with two classes this is the best that any attack in
 * the ball can do. A row whose gradient is 0 stays as it is.
 * @param inputs - x, in the box; [rows, inputSize]; is not changed.
 * @returns [rows, inputSize]; the bounds hold as {@link ascend} states them.
 * @throws {@link ArgumentError} when ε is negative, NaN or beyond the box's width, an input lies outside the box, or
 * lengths or labels do not fit the model.
 * @see Goodfellow et al. 2015, https://arxiv.org/abs/1412.6572
 */
export function fgsm(model: DifferentiableModel, inputs: Float32Array, options: AttackOptions): Float32Array {
  const { rows, region, labels, direction } = readProblem(model, inputs, options);
  const points = inputs.slice();
  if (region.epsilon === 0) return points;
  const { gradient } = gradientOf(model, inputs, labels);
  ascendRows(points, gradient, inputs, rows, region, direction * region.epsilon);
  return points;
}

/** {@link ascend} for every row. */
export function ascendRows(
  points: Float32Array,
  gradient: Float32Array,
  centres: Float32Array,
  rows: number,
  region: Region,
  step: number,
): void {
  const size = points.length / rows;
  for (let start = 0; start < points.length; start += size) {
    const end = start + size;
    ascend(points.subarray(start, end), gradient.subarray(start, end), centres.subarray(start, end), region, step);
  }
}

/** @throws {@link ArgumentError} as {@link fgsm} does. */
export function readProblem(model: DifferentiableModel, inputs: Float32Array, options: AttackOptions): Problem {
  const { epsilon, norm = "inf", box = [0, 1], labels = "predicted", targeted = false } = options;
  requireRadius(epsilon, norm, box, model.inputSize);
  const rows = requireInputs(model, inputs, box);
  if (labels !== "predicted") requireLabels(model, labels, rows);
  else if (targeted) throw new ArgumentError("labels must be the classes to lead towards when targeted, got predicted");
  return { rows, region: { norm, epsilon, box }, labels, direction: targeted ? -1 : 1 };
}
