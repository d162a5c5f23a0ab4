// A character model on lines of different length. `ignoreIndex` leaves the padding out of loss, gradient and mean, and
// `allowed` leaves out the characters that the text has not: their logits are −∞, and with label smoothing a loss that
// spread ε over all of them would be infinite.
import { softmaxCrossEntropy } from "softlabel";

// William Blake, The Tyger, 1794.
const text = `tyger tyger, burning bright,
in the forests of the night;
what immortal hand or eye,
could frame thy fearful symmetry?
in what distant deeps or skies,
burnt the fire of thine eyes?
on what wings dare he aspire?
what the hand, dare seize the fire?`;

const alphabet = " abcdefghijklmnopqrstuvwxyz,;?!.";
const [classes, padding] = [alphabet.length, -1];
const lines = text.split("\n").map((line) => Array.from(line, (character) => alphabet.indexOf(character)));
const length = Math.max(...lines.map((line) => line.length)) - 1;
// What comes next after each character of each line; shorter lines are filled up.
const inputs = lines.flatMap((line) => padded(line.slice(0, -1)));
export const labels = { data: lines.flatMap((line) => padded(line.slice(1))), shape: [lines.length, length] };
export const allowed = Array.from(alphabet, (character) => Number(text.includes(character)));

// The model: a row of logits for each character and one for the character before it.
const tables = [0, 1].map(() => new Float64Array(classes * classes));
export const losses = [];
export let last;
for (let step = 0; step <= 200; step++) {
  const logits = { data: forward(), shape: [lines.length, length, classes] };
  last = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, ignoreIndex: padding, allowed, gradient: true });
  losses.push(last.loss);
  if (step % 50 === 0) {
    console.log(
      `step ${step}: smoothed loss ${last.loss.toFixed(3)}, crossEntropy ${last.crossEntropy.toFixed(3)} a character`,
    );
  }
  backward(last.gradLogits.data, 20);
}
export const unmasked = softmaxCrossEntropy(
  labels,
  { data: forward(), shape: [lines.length, length, classes] },
  { labelSmoothing: 0.1, ignoreIndex: padding },
).loss;
console.log(`without allowed the loss would be ${unmasked}`);

function padded(line) {
  return [...line, ...new Array(length - line.length).fill(padding)];
}

/** The characters that each position is predicted from, as rows of the tables. */
function contexts(position) {
  const previous = position % length === 0 ? 0 : inputs[position - 1];
  return [inputs[position], previous];
}

function forward() {
  const data = new Float64Array(inputs.length * classes);
  inputs.forEach((input, position) => {
    for (let k = 0; k < classes; k++) {
      const z =
        input === padding ? 0 : contexts(position).reduce((sum, row, i) => sum + tables[i][row * classes + k], 0);
      data[position * classes + k] = allowed[k] === 1 ? z : -Infinity;
    }
  });
  return data;
}

function backward(gradient, learningRate) {
  inputs.forEach((input, position) => {
    if (input === padding) return;
    contexts(position).forEach((row, i) => {
      for (let k = 0; k < classes; k++) tables[i][row * classes + k] -= learningRate * gradient[position * classes + k];
    });
  });
}
