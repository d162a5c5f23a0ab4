// MNIST with a hundred images of 0 for each 1 of every other digit: a classifier of one layer, trained in three ways.
// `classWeights` of 1/frequency make every class count alike; a `prior` of the class frequencies smooths toward what
// is likely, so that a rare class gets a rare class's share of ε.
import { softmaxCrossEntropy } from "softlabel";
import { mnist } from "./mnist.js";

const classes = 10;
const source = mnist("train", 12000);
const test = mnist("t10k", 2000);
const train = imbalanced(source);
const counts = Array.from({ length: classes }, (_, k) => train.labels.filter((label) => label === k).length);
export const frequencies = counts.map((count) => count / train.rows);
const classWeights = frequencies.map((frequency) => 1 / (classes * frequency));

export const recalls = {
  "labelSmoothing alone": trained({ labelSmoothing: 0.1 }),
  "with classWeights": trained({ labelSmoothing: 0.1, classWeights }),
  "with classWeights and prior": trained({ labelSmoothing: 0.1, classWeights, prior: frequencies }),
};
console.log(`training images of each digit: ${counts.join(", ")}`);
for (const [name, { mean, of }] of Object.entries(recalls)) {
  console.log(`${name.padEnd(27)}  recall of 0: ${of[0].toFixed(3)}, mean over the digits: ${mean.toFixed(3)}`);
}

/** Every 0, and the first ten of every other digit. */
function imbalanced({ images, labels, pixels }) {
  const seen = new Array(classes).fill(0);
  const chosen = Array.from(labels.keys()).filter((row) => {
    seen[labels[row]]++;
    return labels[row] === 0 ? seen[0] <= 1000 : seen[labels[row]] <= 10;
  });
  return {
    images: Float32Array.from(chosen.flatMap((row) => Array.from(images.subarray(row * pixels, (row + 1) * pixels)))),
    labels: Int32Array.from(chosen, (row) => labels[row]),
    rows: chosen.length,
    pixels,
  };
}

function trained(options) {
  const weights = new Float32Array(train.pixels * classes);
  for (let step = 0; step < 40; step++) {
    const logits = times(train, weights);
    const { gradLogits } = softmaxCrossEntropy(train.labels, logits, { ...options, gradient: true });
    for (let row = 0; row < train.rows; row++) {
      for (let i = 0; i < train.pixels; i++) {
        const x = 0.1 * train.images[row * train.pixels + i];
        if (x === 0) continue;
        for (let k = 0; k < classes; k++) weights[i * classes + k] -= x * gradLogits.data[row * classes + k];
      }
    }
  }
  const { data } = times(test, weights);
  const predicted = Array.from(test.labels, (_, row) => {
    const z = data.subarray(row * classes, (row + 1) * classes);
    return z.indexOf(z.reduce((a, b) => Math.max(a, b)));
  });
  const of = counts.map((_, k) => {
    const rows = predicted.filter((_, row) => test.labels[row] === k);
    return rows.filter((label) => label === k).length / rows.length;
  });
  return { of, mean: of.reduce((sum, recall) => sum + recall, 0) / classes };
}

function times({ images, rows, pixels }, weights) {
  const data = new Float32Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < pixels; i++) {
      const x = images[row * pixels + i];
      if (x === 0) continue;
      for (let k = 0; k < classes; k++) data[row * classes + k] += x * weights[i * classes + k];
    }
  }
  return { data, shape: [rows, classes] };
}
