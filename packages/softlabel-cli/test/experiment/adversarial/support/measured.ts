import type { MeasuredArm } from "../../../../src/experiment/adversarial/judge-arms.ts";
import { type AttackedArrays, summarize } from "../../../../src/experiment/adversarial/measuring/attacked-files.ts";
import type { Training } from "../../../../src/experiment/adversarial/results.ts";

export const strengths: readonly number[] = [0, 0.1, 0.3];

/** How many of the rows are right under each attack, strength by strength. */
export interface RightRows {
  readonly fgsm: readonly number[];
  readonly pgd: readonly number[];
  readonly transfer: readonly number[];
}

/** An arm with `rows` attacked rows in each of its seeds, the first ones right; of three classes, two pixels each. */
export function measuredArm(
  labelSmoothing: number,
  training: Training,
  rows: number,
  perSeed: readonly (RightRows & { readonly clean: number; readonly unbounded?: number })[],
): MeasuredArm {
  const attacked = perSeed.map((right, seed) => attackedArrays(rows, right, seed + 1));
  return {
    labelSmoothing,
    training,
    trials: perSeed.map((_, i) => ({ seed: i + 1, train: `t${i + 1}`, attack: `a${i + 1}` })),
    testAccuracy: perSeed.map(({ clean }) => clean),
    summaries: attacked.map((arrays, i) => summarize(arrays, strengths, { clean: 0.9 + i / 100, fgsm: 0.1 + i / 100 })),
    attacked,
  };
}

function attackedArrays(
  rows: number,
  right: RightRows & { readonly unbounded?: number },
  seed: number,
): AttackedArrays {
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
  const first = (count: number): Uint8Array => Uint8Array.from({ length: rows }, (_, row) => (row < count ? 1 : 0));
  const logits = (count: number): Float32Array =>
    Float32Array.from({ length: rows * 3 }, (_, i) => {
      const row = Math.floor(i / 3);
      const guess = row < count ? labels[row] : (labels[row] + 1) % 3;
      return i % 3 === guess ? 1 + seed + row / rows : 0;
    });
  return {
    labels,
    classes: 3,
    logits: { clean: logits(right.fgsm[0]), fgsm: logits(right.fgsm[2]), pgd: logits(right.pgd[2]) },
    right: { fgsm: right.fgsm.map(first), pgd: right.pgd.map(first), transfer: right.transfer.map(first) },
    unbounded: first(right.unbounded ?? 0),
    bySteps: [
      { steps: 10, survivors: first(Math.min(rows, right.pgd[2] + 1)) },
      { steps: 40, survivors: first(right.pgd[2]) },
    ],
    digitRows: Int32Array.of(0, 1, 2),
    digitImages: {
      fgsm: Uint8Array.from({ length: 6 }, (_, i) => 10 * seed + i),
      pgd: Uint8Array.from({ length: 6 }, (_, i) => 100 + 10 * seed + i),
    },
  };
}
