// Outcomes whose calibration error is known: confidences uniform on [½, 1], right with a probability off by `gap`.
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

/**
 * @param {{ rows: number, gap: number, sign: string, seed: number }} given
 * @returns {{ confidence: Float64Array, correct: Uint8Array }}
 */
export function outcomesOf({ rows, gap, sign, seed }) {
  const { next } = seededRandom(seed);
  const confidence = new Float64Array(rows);
  const correct = new Uint8Array(rows);
  for (let row = 0; row < rows; row++) {
    const c = 0.5 + next() / 2 ** 33;
    const isOver = sign === "over" || Math.floor(c * bins) % 2 === 0;
    confidence[row] = c;
    correct[row] = next() / 2 ** 32 < c + (isOver ? -gap : gap) ? 1 : 0;
  }
  return { confidence, correct };
}
