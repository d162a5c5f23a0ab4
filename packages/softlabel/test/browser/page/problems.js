import { softmaxCrossEntropy } from "softlabel";

// The same numbers in every engine: integer arithmetic, and quotients that float32 holds exactly.
function uniform(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state >>> 8) / 2 ** 24;
  };
}

/** Losses and gradients of a few shapes and options, a vector's tail in each: plain numbers, for JSON. */
export function solve() {
  const shapes = [
    [3, 10],
    [5, 67],
    [4, 1003],
  ];
  return shapes.flatMap(([rows, classes]) => {
    const random = uniform(rows * classes);
    const logits = Float32Array.from({ length: rows * classes }, () => 16 * random() - 8);
    const labels = Int32Array.from({ length: rows }, () => Math.floor(classes * random()));
    const weights = Array.from({ length: rows }, () => 1 + random());
    const z = { data: logits, shape: [rows, classes] };
    const shifted = { data: logits.map((value) => value + 512), shape: [rows, classes] };
    const onehot = Float32Array.from(logits, (_, at) => (labels[Math.floor(at / classes)] === at % classes ? 1 : 0));
    const calls = {
      plain: [labels, z, { labelSmoothing: 0.1 }],
      unsmoothed: [labels, z, {}],
      "all shifted by 512": [labels, shifted, { labelSmoothing: 0.1 }],
      weighted: [labels, z, { labelSmoothing: 0.1, weights, reduction: "sum" }],
      "one-hot": [{ data: onehot, shape: [rows, classes] }, z, { labelSmoothing: 0.1 }],
      "by row": [labels, z, { labelSmoothing: 0.1, reduction: "none" }],
    };
    return Object.entries(calls).map(([name, [given, of, options]]) => {
      const { loss, crossEntropy, floor, gradLogits } = softmaxCrossEntropy(given, of, { ...options, gradient: true });
      const numbers = { loss, crossEntropy, floor };
      const plain = Object.values(numbers).flatMap((value) => (typeof value === "number" ? [value] : [...value]));
      return { name: `[${rows}, ${classes}] ${name}`, losses: plain, gradient: [...gradLogits.data] };
    });
  });
}
