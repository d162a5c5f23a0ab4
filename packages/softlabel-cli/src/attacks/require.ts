import { ArgumentError } from "softlabel";
import type { Norm } from "./attack-config.ts";
import type { Box } from "./ball.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";

/**
 * Refuses a radius that is negative, NaN, or larger than any distance within the box.
 *
 * @param box - `null` has no largest distance.
 * @param inputSize - d, for the box's diagonal, width·√d; ∞ where it is not known yet.
 * @throws {@link ArgumentError}
 */
export function requireRadius(epsilon: number, norm: Norm, box: Box | null, inputSize: number): void {
  if (norm !== "inf" && norm !== 2) throw new ArgumentError(`norm must be inf or 2, got ${norm}`);
  const [low, high] = box ?? [-Infinity, Infinity];
  if (!(low < high)) throw new ArgumentError(`box must be [low, high] with low below high, got [${low}, ${high}]`);
  const most = norm === "inf" ? high - low : (high - low) * Math.sqrt(inputSize);
  if (epsilon >= 0 && epsilon <= most && epsilon < Infinity) return;
  if (most === Infinity) throw new ArgumentError(`epsilon must be a finite number of at least 0, got ${epsilon}`);
  const reach = `${most} already reaches every input in [${low}, ${high}]`;
  throw new ArgumentError(`epsilon must be in [0, ${most}], got ${epsilon}; ${reach}`);
}

/** @throws {@link ArgumentError} naming what cannot be a PGD. */
export function requirePgd(options: { steps: number; stepSize: number; restarts: number }): void {
  const { steps, stepSize, restarts } = options;
  for (const [name, value] of Object.entries({ steps, restarts })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new ArgumentError(`${name} must be an integer of at least 1, got ${value}`);
    }
  }
  if (!(stepSize > 0 && stepSize < Infinity)) {
    throw new ArgumentError(`stepSize must be a finite number above 0, got ${stepSize}`);
  }
}

/**
 * Refuses inputs that are no whole rows of the model's, or lie outside the box.
 *
 * @returns how many rows there are.
 * @throws {@link ArgumentError}
 */
export function requireInputs(model: DifferentiableModel, inputs: Float32Array, box: Box | null): number {
  const { inputSize } = model;
  if (inputs.length === 0 || inputs.length % inputSize !== 0) {
    throw new ArgumentError(`inputs must be rows of ${inputSize} numbers each, got ${inputs.length} numbers`);
  }
  const [low, high] = box ?? [-Number.MAX_VALUE, Number.MAX_VALUE];
  for (let i = 0; i < inputs.length; i++) {
    if (inputs[i] >= low && inputs[i] <= high) continue;
    const where = `at row ${Math.floor(i / inputSize)}, number ${i % inputSize}`;
    if (box === null) throw new ArgumentError(`inputs must be finite, got ${inputs[i]} ${where}`);
    const remedy = low === 0 && high === 1 ? "; divide bytes by 255" : "";
    throw new ArgumentError(`inputs must be in [${low}, ${high}], got ${inputs[i]} ${where}${remedy}`);
  }
  return inputs.length / inputSize;
}

/** @throws {@link ArgumentError} when there is not one class of the model's per row. */
export function requireLabels(model: DifferentiableModel, labels: Int32Array, rows: number): void {
  if (labels.length !== rows) throw new ArgumentError(`labels must be one per row, ${rows}, got ${labels.length}`);
  const wrong = labels.findIndex((label) => !(label >= 0 && label < model.classes));
  if (wrong < 0) return;
  throw new ArgumentError(`labels must be in [0, ${model.classes}), got ${labels[wrong]} at row ${wrong}`);
}

/** A model computed NaN or ±∞, as after training that diverged. */
export class NotFiniteError extends ArgumentError {
  /** `logits became -Infinity`, for a sentence of another's. */
  readonly happening: string;

  constructor(name: string, value: number, row: number) {
    super(`the model's ${name} must be finite, got ${value} at row ${row}`);
    this.happening = `${name} became ${value}`;
  }
}

/**
 * Refuses what a model computed when it is not one number for each that was asked for, all of them finite: a NaN would
 * pass for the first class, or move nothing.
 *
 * @throws {@link ArgumentError} {@link NotFiniteError} for the latter.
 */
export function requireComputed(
  name: "logits" | "input gradient",
  values: Float32Array,
  rows: number,
  size: number,
): void {
  if (values.length !== rows * size) {
    throw new ArgumentError(`the model's ${name} must have ${rows * size} numbers, got ${values.length}`);
  }
  for (let i = 0; i < values.length; i++) {
    if (!Number.isFinite(values[i])) throw new NotFiniteError(name, values[i], Math.floor(i / size));
  }
}
