import { type AttackConfig, requireAttackConfig } from "./attack-config.ts";
import { ascend, placeAtRandom, type Region } from "./ball.ts";
import { gradientOf, logitsOf } from "./compute.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { requireBatchSize } from "./in-batches.ts";
import { predictedClass } from "./judge-logits.ts";
import { createPace, type Pace, type Running } from "./pace.ts";
import { requireInputs, requireLabels, requireRadius } from "./require.ts";
import { type Starts, seededStarts } from "./starts.ts";

/**
 * Which rows an attack never gets wrong: 1 for a survivor, 0 for a row that fell.
 *
 * A row falls as soon as any point that the attack looks at is not predicted as its label: the clean input, the start
 * and every point after a step, of every restart. All of them lie in the ball, so each is an adversarial input, and the
 * survivors' share is the accuracy in the worst case that the attack found, at most that of clean inputs. A row that
 * fell leaves, and the others close ranks: the model sees full batches of those that stand.
 *
 * The attack leads away from the true labels. Every row has random starts of its own, which the seed, the row and the
 * restart decide: more restarts keep the first ones, and neither the batch size nor other rows change them.
 * @param inputs - pixels in [0, 1]; [rows, inputSize]; is not changed.
 * @param labels - the true classes; [rows].
 * @returns [rows].
 * @throws {@link ArgumentError} as `attack` does; the signal's reason when it stops the work.
 * @see Carlini et al. 2019, https://arxiv.org/abs/1902.06705: the best of all attempts counts, example by example
 */
export async function survives(
  model: DifferentiableModel,
  inputs: Float32Array,
  labels: Int32Array,
  config: AttackConfig,
  running: Running,
): Promise<Uint8Array> {
  requireAttackConfig(config);
  requireBatchSize(running.batchSize);
  const { norm, epsilon } = config;
  const region: Region = { norm, epsilon, box: [0, 1] };
  requireRadius(epsilon, norm, region.box, model.inputSize);
  requireLabels(model, labels, requireInputs(model, inputs, region.box));

  const runs = runsOf(config);
  const sweeps = (runs.looksFirst ? 1 : 0) + runs.restarts * (runs.steps + 1);
  const crowd = new Crowd({ model, inputs, labels, region }, running, sweeps);
  if (runs.looksFirst) await crowd.look();
  const starts = seededStarts(running.seed);
  for (let restart = 0; restart < runs.restarts; restart++) {
    if (runs.scatters) crowd.scatter(restart, starts);
    for (let step = 0; step < runs.steps; step++) await crowd.lookAndMove(runs.stepSize);
    await crowd.look();
  }
  return crowd.survivors;
}

interface Runs {
  /** Whether the clean input must be looked at before the runs, none of which starts there. */
  readonly looksFirst: boolean;
  readonly scatters: boolean;
  readonly restarts: number;
  readonly steps: number;
  readonly stepSize: number;
}

function runsOf(config: AttackConfig): Runs {
  if (config.epsilon === 0) return { looksFirst: true, scatters: false, restarts: 0, steps: 0, stepSize: 0 };
  if (config.kind === "pgd") return { ...config, looksFirst: true, scatters: true };
  return { looksFirst: false, scatters: false, restarts: 1, steps: 1, stepSize: config.epsilon };
}

interface Task {
  readonly model: DifferentiableModel;
  readonly inputs: Float32Array;
  readonly labels: Int32Array;
  readonly region: Region;
}

/** A point for every row, and which rows still stand. */
class Crowd {
  readonly survivors: Uint8Array;
  readonly #task: Task;
  readonly #points: Float32Array;
  readonly #batch: Float32Array;
  readonly #batchSize: number;
  readonly #pace: Pace;
  readonly #total: number;
  #sweepsLeft: number;
  #standing: Int32Array;

  constructor(task: Task, running: Running, sweeps: number) {
    const rows = task.labels.length;
    this.survivors = new Uint8Array(rows).fill(1);
    this.#task = task;
    this.#points = task.inputs.slice();
    this.#batch = new Float32Array(Math.min(running.batchSize, rows) * task.model.inputSize);
    this.#batchSize = running.batchSize;
    this.#pace = createPace(running);
    this.#total = rows * sweeps;
    this.#sweepsLeft = sweeps;
    this.#standing = Int32Array.from(task.labels.keys());
  }

  /** Puts the point of each row that stands anywhere in its ball. */
  scatter(restart: number, starts: Starts): void {
    const { inputs, region } = this.#task;
    for (const row of this.#standing) {
      placeAtRandom(this.#rowOf(this.#points, row), this.#rowOf(inputs, row), region, starts(restart, row));
    }
  }

  /** Rows whose point is not predicted as their label fall. */
  async look(): Promise<void> {
    await this.#sweep((rows, batch) => this.#judge(rows, logitsOf(this.#task.model, batch)));
  }

  /** The same, and the points of those that stand take a step. */
  async lookAndMove(stepSize: number): Promise<void> {
    const { model, inputs, labels, region } = this.#task;
    await this.#sweep((rows, batch) => {
      const batchLabels = rows.map((row) => labels[row]);
      const { gradient, logits } = gradientOf(model, batch, batchLabels);
      this.#judge(rows, logits);
      for (const [i, row] of rows.entries()) {
        if (this.survivors[row] === 0) continue;
        ascend(this.#rowOf(this.#points, row), this.#rowOf(gradient, i), this.#rowOf(inputs, row), region, stepSize);
      }
    });
  }

  #judge(rows: Int32Array, logits: Float32Array): void {
    const { model, labels } = this.#task;
    for (const [i, row] of rows.entries()) {
      if (predictedClass(logits, i, model.classes) !== labels[row]) this.survivors[row] = 0;
    }
  }

  /** Shows the points of the rows that stand, batch by batch, then lets the fallen go. */
  async #sweep(show: (rows: Int32Array, batch: Float32Array) => void): Promise<void> {
    const standing = this.#standing;
    this.#sweepsLeft--;
    for (let start = 0; start < standing.length; start += this.#batchSize) {
      const rows = standing.subarray(start, start + this.#batchSize);
      for (const [i, row] of rows.entries()) this.#rowOf(this.#batch, i).set(this.#rowOf(this.#points, row));
      show(rows, this.#batch.subarray(0, rows.length * this.#task.model.inputSize));
      await this.#tell(standing.length - start - rows.length + standing.length * this.#sweepsLeft);
    }
    this.#standing = standing.filter((row) => this.survivors[row] === 1);
    await this.#tell(this.#standing.length * this.#sweepsLeft);
  }

  async #tell(left: number): Promise<void> {
    await this.#pace({ done: this.#total - left, total: this.#total });
  }

  #rowOf(values: Float32Array, row: number): Float32Array {
    const { inputSize } = this.#task.model;
    return values.subarray(row * inputSize, (row + 1) * inputSize);
  }
}
