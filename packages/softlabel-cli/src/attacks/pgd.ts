import { ArgumentError } from "softlabel";
import type { Random } from "../data/random.ts";
import { placeAtRandom } from "./ball.ts";
import { gradientOf, logitsOf, predictedLabels } from "./compute.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { type AttackOptions, ascendRows, readProblem } from "./fgsm.ts";
import { crossEntropyOfRow, predictedClass } from "./judge-logits.ts";
import { requirePgd } from "./require.ts";
import type { Starts } from "./starts.ts";

export interface PgdRuns extends AttackOptions {
  readonly steps: number;
  /** Length of each step, measured as ε is. */
  readonly stepSize: number;
  /** Runs from different places; more than one needs a random start. */
  readonly restarts: number;
}

export interface PgdOptions extends PgdRuns {
  /** Starts anywhere in the ball; else at the input. */
  readonly randomStart: boolean;
  /** Draws the starts, restart by restart and row by row. */
  readonly random: Random;
}

/**
 * Projected gradient descent on the negative loss: steps as FGSM takes them, each followed by a projection.
 *
 *     z ← a place in the ball around x, or x;          z ← box(ball(z + stepSize·direction(∇ loss(z)))), `steps` times
 *
 * Of several runs each row keeps the one that succeeds (another class than the label; targeted: the label), and among
 * those, or where none does, the one with the highest loss (targeted: the lowest). So a run more never weakens it.
 * One step of size ε without random start is {@link fgsm}, bit for bit.
 * @param inputs - x, in the box; [rows, inputSize]; is not changed. `"predicted"` labels are those of x.
 * @returns the last point of the run that was kept; [rows, inputSize].
 * @throws {@link ArgumentError} as `fgsm`, and when steps or restarts are not at least 1, or the step size not above 0.
 * @see Madry et al. 2018, https://arxiv.org/abs/1706.06083
 */
export function pgd(model: DifferentiableModel, inputs: Float32Array, options: PgdOptions): Float32Array {
  const { randomStart, random } = options;
  return pgdFrom(model, inputs, options, randomStart ? () => random : null);
}

/**
 * {@link pgd} whose starts may come from a stream for each row.
 *
 * @param starts - asked restart by restart and row by row; `null` starts at the input.
 */
export function pgdFrom(
  model: DifferentiableModel,
  inputs: Float32Array,
  options: PgdRuns,
  starts: Starts | null,
): Float32Array {
  const { rows, region, labels: given, direction } = readProblem(model, inputs, options);
  const { steps, stepSize, restarts } = options;
  requirePgd(options);
  if (restarts > 1 && starts === null) {
    throw new ArgumentError(`restarts must be 1 without a random start, where all runs are the same, got ${restarts}`);
  }
  const points = inputs.slice();
  if (region.epsilon === 0) return points;
  const labels = given === "predicted" ? predictedLabels(model, inputs) : given;
  const kept = restarts > 1 ? new BestRuns(model, labels, direction) : null;
  for (let restart = 0; restart < restarts; restart++) {
    if (starts !== null) {
      for (const [row, [point, centre]] of pairsOfRows(points, inputs, rows).entries()) {
        placeAtRandom(point, centre, region, starts(restart, row));
      }
    }
    for (let step = 0; step < steps; step++) {
      const { gradient } = gradientOf(model, points, labels);
      ascendRows(points, gradient, inputs, rows, region, direction * stepSize);
    }
    kept?.offer(points);
  }
  return kept?.points ?? points;
}

function pairsOfRows(a: Float32Array, b: Float32Array, rows: number): [Float32Array, Float32Array][] {
  const size = a.length / rows;
  return Array.from({ length: rows }, (_, row) => {
    const [start, end] = [row * size, (row + 1) * size];
    return [a.subarray(start, end), b.subarray(start, end)];
  });
}

/** Of each row the strongest of the points that were offered. */
class BestRuns {
  readonly #model: DifferentiableModel;
  readonly #labels: Int32Array;
  readonly #direction: 1 | -1;
  readonly #succeeded: Uint8Array;
  /** direction·loss. */
  readonly #strength: Float64Array;
  readonly points: Float32Array;

  constructor(model: DifferentiableModel, labels: Int32Array, direction: 1 | -1) {
    this.#model = model;
    this.#labels = labels;
    this.#direction = direction;
    this.#succeeded = new Uint8Array(labels.length);
    this.#strength = new Float64Array(labels.length).fill(-Infinity);
    this.points = new Float32Array(labels.length * model.inputSize);
  }

  offer(points: Float32Array): void {
    const { classes, inputSize } = this.#model;
    const logits = logitsOf(this.#model, points);
    for (const [row, label] of this.#labels.entries()) {
      const isLabel = predictedClass(logits, row, classes) === label;
      const succeeds = isLabel === this.#direction < 0 ? 1 : 0;
      const strength = this.#direction * crossEntropyOfRow(logits, row, classes, label);
      const better = succeeds - this.#succeeded[row] || strength - this.#strength[row];
      if (!(better > 0)) continue;
      this.#succeeded[row] = succeeds;
      this.#strength[row] = strength;
      this.points.set(points.subarray(row * inputSize, (row + 1) * inputSize), row * inputSize);
    }
  }
}
