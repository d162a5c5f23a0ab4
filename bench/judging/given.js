// Finished trials as an experiment's folder has them: predictions of a model that is right on most rows and sure of too
// many. Drawn from a seed, every file of other numbers.

import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { formatNpz } from "../../packages/softlabel-cli/dist/data/npz.js";
import { finishTrial, openTrial } from "../../packages/softlabel-cli/dist/experiment/trial-store.js";
import { uniform } from "../loss/given.js";

/** Many small trials of a grid of ε, and few large ones of two arms: CIFAR's sizes and ImageNet's. */
export const experiments = [
  { arms: 50, trials: 1000, testRows: 10_000, validationRows: 5_000, classes: 10 },
  { arms: 2, trials: 50, testRows: 50_000, validationRows: 10_000, classes: 1_000 },
];

const poolSize = 2 ** 22;

/**
 * Writes one finished trial.
 *
 * Its noise is pieces of a pool of 2²² normal numbers, from a place drawn anew for each row: as good as drawing each
 * number, and as quick as copying.
 * @param {string} experiment - the experiment's folder.
 * @param {number} index - of the trial; the arms take turns.
 * @param {{ arms: number, testRows: number, validationRows: number, classes: number }} sizes
 * @returns the trial's id.
 */
export function writeTrial(experiment, index, { arms, testRows, validationRows, classes }) {
  const id = index.toString(16).padStart(16, "0");
  const random = uniform(7919 * index + classes);
  const arrays = {
    ...labelled("val", validationRows, classes, random),
    ...labelled("test", testRows, classes, random),
  };
  const config = { labelSmoothing: (index % arms) / 100, prior: "uniform", convention: "all-classes" };
  const trial = { id, kind: "external", config: { ...config, seed: 1 + Math.floor(index / arms), parameters: {} } };
  const folder = openTrial(experiment, id);
  writeFileSync(join(folder, "predictions.npz"), formatNpz(arrays));
  finishTrial(experiment, folder, trial, 0);
  return id;
}

/** Logits about N(0, 2²); the label's is raised above what the largest of the others is likely to be. */
function labelled(name, rows, classes, random) {
  const pool = noisePool();
  const margin = 2 * Math.sqrt(2 * Math.log(classes)) + 2;
  const logits = new Float32Array(rows * classes);
  const labels = new Int32Array(rows);
  for (let row = 0; row < rows; row++) {
    const from = Math.floor(random() * (poolSize - classes));
    logits.set(pool.subarray(from, from + classes), row * classes);
    labels[row] = Math.floor(random() * classes);
    logits[row * classes + labels[row]] += margin + 3 * normal(random);
  }
  return {
    [`${name}_logits`]: { data: logits, shape: [rows, classes] },
    [`${name}_labels`]: { data: labels, shape: [rows] },
  };
}

let pool;

function noisePool() {
  const random = uniform(1);
  pool ??= Float32Array.from({ length: poolSize }, () => 2 * normal(random));
  return pool;
}

function normal(random) {
  return Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
}
