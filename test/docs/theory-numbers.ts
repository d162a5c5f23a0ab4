import { smoothLabels, softmaxCrossEntropy } from "softlabel";

/**
 * The value behind every number that docs/theory.md marks, `0.4076<!-- H(q,p) -->`, under the name in its mark.
 *
 * The example row is z = (2, 1, 0) with label 0 and ε = 0.1. `K, d` rows have K classes whose label stands d above
 * the others, which are equal.
 */
export const theoryNumbers: Readonly<Record<string, () => number>> = {
  "p[0]": () => probability(0),
  "p[1]": () => probability(1),
  "p[2]": () => probability(2),
  "H(q,p)": () => row(0).crossEntropy,
  "p[0]-1": () => gradient(0, 0),
  "p[1]-0": () => gradient(0, 1),
  "p[2]-0": () => gradient(0, 2),
  "q'[0]": () => smoothed(0),
  "q'[1]": () => smoothed(1),
  "H(u,p)": () => row(0.1).priorCrossEntropy,
  "0.9*H(q,p)": () => 0.9 * row(0.1).crossEntropy,
  "0.1*H(u,p)": () => 0.1 * row(0.1).priorCrossEntropy,
  "H(q',p)": () => row(0.1).loss,
  "H(q')": () => row(0.1).floor,
  "KL(q'|p)": () => row(0.1).loss - row(0.1).floor,
  "p[0]-q'[0]": () => gradient(0.1, 0),
  "p[1]-q'[1]": () => gradient(0.1, 1),
  "p[2]-q'[2]": () => gradient(0.1, 2),
  // The expected unsmoothed loss when the label is kept with probability 0.9 and else drawn from the three classes.
  "E[loss]": () => 0.9 * plain(0) + (0.1 / 3) * (plain(0) + plain(1) + plain(2)),
  "TF label_smoothing": () => manualLoss([1, 0, 0].map((y) => y * (1 - 0.1) + 0.1 / 3)),
  "TF y-=": () => manualLoss([1, 0, 0].map((y) => y - 0.1 * (y - 1 / 3))),
  ...each([2, 10, 1000], (K) => ({
    [`K=${K} q'`]: () => optimum(K).confidence,
    [`K=${K} gap`]: () => optimum(K).gap,
    [`K=${K} floor`]: () => optimum(K).floor,
  })),
  ...each([1, 2, 4, 8, 16], (d) => ({
    [`d=${d} hard`]: () => spread(10, d, 0).loss,
    [`d=${d} hard gradient`]: () => spread(10, d, 0).gradient,
    [`d=${d} smooth`]: () => spread(10, d, 0.1).loss,
    [`d=${d} smooth gradient`]: () => spread(10, d, 0.1).gradient,
  })),
};

const logits = [2, 1, 0];

function row(labelSmoothing: number): { loss: number; crossEntropy: number; priorCrossEntropy: number; floor: number } {
  return softmaxCrossEntropy([0], [logits], { labelSmoothing });
}

function plain(label: number): number {
  return softmaxCrossEntropy([label], [logits]).loss;
}

/** By the definition, without any of the library's care: exp z[k] / Σ exp z. */
function probability(k: number): number {
  return Math.exp(logits[k] as number) / logits.reduce((sum, z) => sum + Math.exp(z), 0);
}

function gradient(labelSmoothing: number, k: number): number {
  return softmaxCrossEntropy([0], [logits], { labelSmoothing, gradient: true }).gradLogits.data[k] as number;
}

function smoothed(k: number): number {
  return smoothLabels([0], { classes: 3, labelSmoothing: 0.1 }).data[k] as number;
}

function manualLoss(y: readonly number[]): number {
  return -y.reduce((sum, share, k) => sum + share * Math.log(probability(k)), 0);
}

/** Where p = q′ for ε = 0.1, found from q′ itself. */
function optimum(classes: number): { confidence: number; gap: number; floor: number } {
  const [label = 0, other = 0] = smoothLabels([0], { classes, labelSmoothing: 0.1 }).data;
  const gap = Math.log(label / other);
  const z = Array.from({ length: classes }, (_, k) => (k === 0 ? gap : 0));
  const { loss, floor } = softmaxCrossEntropy([0], [z], { labelSmoothing: 0.1 });
  if (Math.abs(loss - floor) > 1e-12) throw new Error(`at its optimum the loss ${loss} must be its floor ${floor}`);
  return { confidence: label, gap, floor };
}

function spread(classes: number, gap: number, labelSmoothing: number): { loss: number; gradient: number } {
  const z = Array.from({ length: classes }, (_, k) => (k === 0 ? gap : 0));
  const { loss, gradLogits } = softmaxCrossEntropy([0], [z], { labelSmoothing, gradient: true });
  return { loss, gradient: gradLogits.data[0] as number };
}

function each<Key, Value>(keys: readonly Key[], entry: (key: Key) => Record<string, Value>): Record<string, Value> {
  return Object.assign({}, ...keys.map(entry));
}
