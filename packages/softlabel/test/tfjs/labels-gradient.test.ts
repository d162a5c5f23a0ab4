import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy as inFloat64, type SoftmaxCrossEntropyOptions } from "softlabel";
import { softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { optionTable, randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { backendsInNode, useBackend } from "./backends.ts";

const [ROWS, CLASSES] = [4, 5];
const random = randomStream(47);
const z = Float32Array.from(randomCall(random, ROWS, CLASSES).logits.data);
/** Each share is far enough from 0 for a difference to stay a distribution. */
const q = new Float32Array(ROWS * CLASSES);
for (let row = 0; row < ROWS; row++) {
  const shares = Array.from({ length: CLASSES }, () => 0.05 + random());
  const sum = shares.reduce((a, b) => a + b, 0);
  q.set(
    shares.map((share) => share / sum),
    row * CLASSES,
  );
}
const upstream = [0.5, -1, 2, 0.25];
const table = optionTable(random, ROWS, CLASSES);

/** Rows may miss a sum of 1 by 1e-5; differences in float64 of losses near 1 lose 1e-16/1e-6 of them. */
const H = 1e-6;
/** The operation works in float32. */
const TOLERANCE = { rtol: 1e-5, atol: 1e-5 };

/** Central differences of the library's own loss, times what arrives at each row. */
function differences(options: SoftmaxCrossEntropyOptions, dy: readonly number[]): Float64Array {
  const at = (i: number, by: number): number => {
    const moved = Float64Array.from(q);
    moved[i] += by;
    const { loss } = inFloat64(
      { data: moved, shape: [ROWS, CLASSES] },
      { data: Float64Array.from(z), shape: [ROWS, CLASSES] },
      options,
    );
    return typeof loss === "number" ? loss * dy[0] : loss.reduce((sum, each, row) => sum + each * dy[row], 0);
  };
  return Float64Array.from({ length: q.length }, (_, i) => (at(i, H) - at(i, -H)) / (2 * H));
}

describe.each(backendsInNode)("the gradient along labels on %s", (backend) => {
  beforeAll(() => useBackend(backend));

  const gradient = (options: SoftmaxCrossEntropyOptions, dy?: tf.Tensor): Float32Array =>
    tf.tidy(() => {
      const zOnDevice = tf.tensor(z, [ROWS, CLASSES]);
      const op = (labels: tf.Tensor): tf.Tensor => softmaxCrossEntropy(labels, zOnDevice, options);
      return tf
        .grad(op)(tf.tensor(q, [ROWS, CLASSES]), dy)
        .dataSync<"float32">();
    });

  it.each(table)("is that of the library's loss with %s", (_, options) => {
    for (const reduction of ["mean", "sum"] as const) {
      expectAllClose(
        gradient({ ...options, reduction }),
        differences({ ...options, reduction }, [1]),
        TOLERANCE,
        reduction,
      );
    }
    const each = { ...options, reduction: "none" } as const;
    expectAllClose(gradient(each, tf.tensor(upstream)), differences(each, upstream), TOLERANCE, "none");
  });

  it("is −(1 − ε)·log p, where tf.losses.softmaxCrossEntropy gives something else", () => {
    const logP = tf.logSoftmax(tf.tensor(z, [ROWS, CLASSES])).dataSync();
    const ours = gradient({ labelSmoothing: 0.1, reduction: "sum" });
    const truth = logP.map((each) => -0.9 * each);
    expectAllClose(ours, truth, TOLERANCE);
    const theirs = tf.grad((labels) =>
      tf.losses.softmaxCrossEntropy(labels, tf.tensor(z, [ROWS, CLASSES]), undefined, 0.1, tf.Reduction.SUM),
    )(tf.tensor(q, [ROWS, CLASSES]));
    expect(Math.max(...theirs.dataSync().map((each, i) => Math.abs(each - truth[i])))).toBeGreaterThan(0.5);
  });

  it("is 0 where a class cannot occur", () => {
    const masked = z.map((each, i) => (i % CLASSES === 2 ? Number.NEGATIVE_INFINITY : each));
    const shares = q.map((each, i) => {
      const row = Math.floor(i / CLASSES) * CLASSES;
      return i % CLASSES === 2 ? 0 : each / (1 - q[row + 2]);
    });
    const options = { labelSmoothing: 0.1, allowed: [1, 1, 0, 1, 1], reduction: "sum" } as const;
    const op = (labels: tf.Tensor): tf.Tensor =>
      softmaxCrossEntropy(labels, tf.tensor(masked, [ROWS, CLASSES]), options);
    const found = tf
      .grad(op)(tf.tensor(shares, [ROWS, CLASSES]))
      .dataSync();
    const logP = tf.logSoftmax(tf.tensor(masked, [ROWS, CLASSES])).dataSync();
    expectAllClose(
      found,
      logP.map((each, i) => (i % CLASSES === 2 ? 0 : -0.9 * each)),
      TOLERANCE,
    );
  });

  it("reaches labels that a network made", () => {
    // Distillation with a teacher that learns too: q = softmax(v).
    const v = tf.tensor(q.map(Math.log), [ROWS, CLASSES]);
    const zOnDevice = tf.tensor(z, [ROWS, CLASSES]);
    const found = tf.grad((w) =>
      softmaxCrossEntropy(tf.softmax(w), zOnDevice, { labelSmoothing: 0.1, reduction: "sum" }),
    )(v);
    const cost = tf.mul(tf.logSoftmax(zOnDevice), -0.9);
    const p = tf.softmax(v);
    expectAllClose(found.dataSync(), tf.mul(p, tf.sub(cost, tf.sum(tf.mul(p, cost), -1, true))).dataSync(), TOLERANCE);
  });
});
