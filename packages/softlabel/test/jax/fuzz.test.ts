import { describe, expect, test } from "vitest";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";
import { randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { randomLossCall } from "../kernels/support/random-loss-call.ts";
import { jaxLoss } from "./support/jax-loss.ts";

/** jax-js' exponential is off by up to 1.2e-6, relative; twice that, and the rounding of float32. */
const SINGLE = 3e-6;

describe("any call that the core accepts", () => {
  const first = 20261124;
  for (let seed = first; seed < first + 100; seed++) {
    test(`seed ${seed}`, () => {
      const random = randomStream(seed);
      const { labels, logits, options } = randomLossCall(random);
      const { gradient: _, ...traceable } = options;
      const { loss, gradLogits } = jaxLoss(labels, logits, traceable, { traced: random() < 0.5 ? "all" : "logits" });
      const double = { data: Float64Array.from(logits.data), shape: logits.shape };
      const expected = core(labels, double, { ...options, gradient: true });

      const [a, e] = [loss, expected.loss].map((part) => (typeof part === "number" ? [part] : part));
      const terms = core(labels, double, { ...traceable, normalizer: undefined, reduction: "none" });
      const [size] = [terms.crossEntropy, terms.priorCrossEntropy].map(largest).sort((x, y) => y - x);
      expectAllClose(a, e, { rtol: SINGLE, atol: SINGLE * Math.max(1, size) }, "loss");
      expect(gradLogits.shape).toEqual(expected.gradLogits.shape);
      const { data } = expected.gradLogits;
      expectAllClose(gradLogits.data.map(unsigned), data.map(unsigned), { atol: SINGLE * largest(data) }, "gradient");
    });
  }
});

/** 0 and −0 are one gradient. */
const unsigned = (value: number): number => value + 0;

/** The largest of the finite sizes. */
const largest = (values: ArrayLike<number>): number =>
  Array.from(values, Math.abs)
    .filter(Number.isFinite)
    .reduce((a, b) => Math.max(a, b), 0);
