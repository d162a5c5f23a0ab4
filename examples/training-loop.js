// A hand-written training loop in the manner of ConvNetJS: layers of plain arrays with a forward and a backward pass.
// The loss is one call, and its gradLogits is what the backward pass begins with.
import { softmaxCrossEntropy } from "softlabel";
import { mnist } from "./mnist.js";

class Dense {
  constructor(inputs, outputs, random) {
    this.inputs = inputs;
    this.outputs = outputs;
    const scale = Math.sqrt(2 / inputs);
    this.weights = Float64Array.from({ length: inputs * outputs }, () => scale * (2 * random() - 1));
    this.bias = new Float64Array(outputs);
  }

  forward(x) {
    this.x = x;
    return x.map((row) => {
      const out = Float64Array.from(this.bias);
      for (let i = 0; i < this.inputs; i++) {
        if (row[i] === 0) continue;
        for (let k = 0; k < this.outputs; k++) out[k] += row[i] * this.weights[i * this.outputs + k];
      }
      return out;
    });
  }

  /** Takes ∂loss/∂output, makes one step of gradient descent, and returns ∂loss/∂input. */
  backward(grad, learningRate) {
    const gradInput = grad.map((g) =>
      Float64Array.from({ length: this.inputs }, (_, i) => {
        let sum = 0;
        for (let k = 0; k < this.outputs; k++) sum += g[k] * this.weights[i * this.outputs + k];
        return sum;
      }),
    );
    grad.forEach((g, row) => {
      for (let k = 0; k < this.outputs; k++) this.bias[k] -= learningRate * g[k];
      for (let i = 0; i < this.inputs; i++) {
        const step = learningRate * this.x[row][i];
        if (step !== 0) for (let k = 0; k < this.outputs; k++) this.weights[i * this.outputs + k] -= step * g[k];
      }
    });
    return gradInput;
  }
}

class Relu {
  forward(x) {
    this.x = x;
    return x.map((row) => row.map((value) => Math.max(value, 0)));
  }

  backward(grad) {
    return grad.map((g, row) => g.map((value, i) => (this.x[row][i] > 0 ? value : 0)));
  }
}

const train = mnist("train", 1500);
const test = mnist("t10k", 500);
let seed = 1;
const random = () => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return seed / 2 ** 32;
};
const layers = [new Dense(784, 32, random), new Relu(), new Dense(32, 10, random)];
const forward = (rows) => layers.reduce((x, layer) => layer.forward(x), rows);
const rowsOf = ({ images, pixels }, from, to) =>
  Array.from({ length: to - from }, (_, i) => images.subarray((from + i) * pixels, (from + i + 1) * pixels));

const [batch, learningRate] = [50, 0.2];
export const losses = [];
for (let epoch = 1; epoch <= 3; epoch++) {
  let sum = 0;
  for (let from = 0; from < train.rows; from += batch) {
    const logits = forward(rowsOf(train, from, from + batch));
    const labels = train.labels.subarray(from, from + batch);
    const { loss, gradLogits } = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, gradient: true });
    let grad = logits.map((_, row) => gradLogits.data.slice(10 * row, 10 * row + 10));
    for (const layer of layers.toReversed()) grad = layer.backward(grad, learningRate);
    sum += (loss * batch) / train.rows;
  }
  losses.push(sum);
  console.log(`epoch ${epoch}: smoothed loss ${sum.toFixed(3)}`);
}

const logits = forward(rowsOf(test, 0, test.rows));
const hits = logits.filter((row, i) => row.indexOf(Math.max(...row)) === test.labels[i]);
export const accuracy = hits.length / test.rows;
console.log(`accuracy on ${test.rows} test images: ${accuracy.toFixed(3)}`);
