// A batch that does not fit into memory, in pieces: `normalizer` divides each piece's loss by the rows of the whole
// batch, so that losses and gradients of the pieces add up to those of the batch. Dividing each piece by its own rows
// would not: pieces with more padding would count for more.
import { softmaxCrossEntropy } from "softlabel";

const [rows, classes, padding] = [12, 5, -1];
const logits = Float32Array.from({ length: rows * classes }, (_, i) => 2 * Math.sin(3 * i + 1));
const labels = Int32Array.of(0, 3, 1, 4, 2, padding, 0, padding, padding, padding, 1, 3);
const options = { labelSmoothing: 0.1, ignoreIndex: padding, gradient: true };

const whole = softmaxCrossEntropy(labels, { data: logits, shape: [rows, classes] }, options);
const counted = labels.filter((label) => label !== padding).length;

export const accumulated = accumulate({ normalizer: counted });
export const averaged = accumulate({});
export { whole };

console.log(`whole batch:          loss ${whole.loss.toFixed(6)}`);
console.log(`pieces, normalizer:   loss ${accumulated.loss.toFixed(6)}, ${distance(accumulated)}`);
console.log(`pieces, averaged:     loss ${averaged.loss.toFixed(6)}, ${distance(averaged)}`);

/** Three pieces of four rows. */
function accumulate(how) {
  const pieces = [0, 4, 8].map((from) => {
    const data = logits.slice(from * classes, (from + 4) * classes);
    return softmaxCrossEntropy(labels.slice(from, from + 4), { data, shape: [4, classes] }, { ...options, ...how });
  });
  const share = how.normalizer === undefined ? 1 / pieces.length : 1;
  const gradient = pieces.flatMap(({ gradLogits }) => Array.from(gradLogits.data, (g) => share * g));
  return { loss: pieces.reduce((sum, { loss }) => sum + share * loss, 0), gradient };
}

function distance({ gradient }) {
  const farthest = gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - whole.gradLogits.data[i])), 0);
  return `gradient off by at most ${farthest.toExponential(0)}`;
}
