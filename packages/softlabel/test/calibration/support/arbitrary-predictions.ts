import fc from "fast-check";
import type { Predictions } from "softlabel/calibration";

export interface Labelled {
  readonly labels: readonly number[];
  readonly predictions: Predictions;
}

/**
 * Labels and logits of 1–12 rows and 1–6 classes, on a grid of sixteenths so that ties are common and float64 holds
 * sums and halves exactly.
 */
export const labelledLogits: fc.Arbitrary<Labelled> = fc
  .tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 6 }))
  .chain(([rows, classes]) =>
    fc.record({
      labels: fc.array(fc.nat(classes - 1), { minLength: rows, maxLength: rows }),
      predictions: fc
        .array(
          fc.integer({ min: -80, max: 80 }).map((n) => n / 16),
          { minLength: rows * classes, maxLength: rows * classes },
        )
        .map((data): Predictions => ({ data, shape: [rows, classes], kind: "logits" })),
    }),
  );

/** Confidence and correctness of 1–40 rows, on a coarse grid so that ties are common. */
export const outcomes: fc.Arbitrary<{ confidence: number[]; correct: number[] }> = fc
  .array(fc.tuple(fc.nat(20), fc.nat(1)), { minLength: 1, maxLength: 40 })
  .map((rows) => ({ confidence: rows.map(([c]) => c / 20), correct: rows.map(([, right]) => right) }));

/** The rows of `predictions` and `labels` in another order, or some of them more than once. */
export function takeRows({ labels, predictions }: Labelled, rows: readonly number[]): Labelled {
  const classes = predictions.shape[1];
  const data = rows.flatMap((row) => Array.from({ length: classes }, (_, k) => predictions.data[row * classes + k]));
  return {
    labels: rows.map((row) => labels[row]),
    predictions: { data, shape: [rows.length, classes], kind: predictions.kind },
  };
}

/** Softmax, as naively as float64 allows: the oracle. */
export function softmaxRows({ data, shape: [rows, classes] }: Predictions): number[][] {
  return Array.from({ length: rows }, (_, row) => {
    const z = Array.from({ length: classes }, (_, k) => data[row * classes + k]);
    const exps = z.map((x) => Math.exp(x - Math.max(...z)));
    const sum = exps.reduce((a, b) => a + b, 0);
    return exps.map((e) => e / sum);
  });
}
