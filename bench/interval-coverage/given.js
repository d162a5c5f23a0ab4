// Outcomes whose calibration error over bins is known: confidences in [½, 1], right with a probability that is off.
import { seededRandom } from "../../packages/softlabel/dist/statistics/random.js";

export const bins = 15;
export const sizes = [500, 2000, 10_000];

/** Every bin's gap is `gap`, so that its l1 and its l2 error are; `sign` says which way it goes in which bin. */
export const truths = [
  { gap: 0, sign: "over" },
  { gap: 0.01, sign: "over" },
  { gap: 0.01, sign: "alternating" },
  { gap: 0.05, sign: "over" },
  { gap: 0.05, sign: "alternating" },
];

/** Confidences of u uniform on [0, 1): as many everywhere, or most of them near 1. */
const distributions = {
  uniform: (u) => 0.5 + u / 2,
  skewed: (u) => 1 - u ** 2 / 2,
};

/**
 * How far a confidence is above the probability of being right. A `"proportional"` one is to 1 − c, whose mean is 1/6
 * where c is skewed; it has one sign, so that its mean is the l1 error of any bins.
 */
const excesses = {
  over: (_, gap) => gap,
  alternating: (c, gap) => (Math.floor(c * bins) % 2 === 0 ? gap : -gap),
  proportional: (c, gap) => 6 * gap * (1 - c),
};

/**
 * @param {{ rows: number, distribution: "uniform" | "skewed", gap: number, sign: keyof typeof excesses, seed: number }} given
 * @returns {{ confidence: Float64Array, correct: Uint8Array }}
 */
export function outcomesOf({ rows, distribution, gap, sign, seed }) {
  const { next } = seededRandom(seed);
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const c = distributions[distribution](next() / 2 ** 32);
    confidence[row] = c;
    correct[row] = next() / 2 ** 32 < c - excesses[sign](c, gap) ? 1 : 0;
  }
  return { confidence, correct };
}
