import type { SoftmaxCrossEntropyOptions, TensorLike } from "softlabel";
import { describe, expect, test } from "vitest";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";
import { optionTable, randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { jaxLoss } from "./support/jax-loss.ts";

const [ROWS, CLASSES] = [5, 7];
const reductions = ["mean", "sum", "none", "sum-by-nonzero-weights"] as const;
/** float32 keeps 6e-8 of each of the few terms that make one number. */
const SINGLE = { rtol: 2e-6, atol: 1e-6 };

function expectAsCore(labels: TensorLike, logits: TensorLike, options: SoftmaxCrossEntropyOptions): void {
  const expected = core(labels, logits, { ...options, gradient: true });
  for (const traced of ["all", "logits"] as const) {
    const { loss, gradLogits } = jaxLoss(labels, logits, options, { traced });
    const [a, e] = [loss, expected.loss].map((part) => (typeof part === "number" ? [part] : part));
    expectAllClose(a, e, SINGLE, `loss, ${traced} traced`);
    expect(gradLogits.shape).toEqual(expected.gradLogits.shape);
    expectAllClose(gradLogits.data, expected.gradLogits.data, SINGLE, `gradient, ${traced} traced`);
  }
}

describe("loss and gradient are the core's, under jit", () => {
  const random = randomStream(1);
  const call = randomCall(random, ROWS, CLASSES);
  for (const [name, options] of optionTable(random, ROWS, CLASSES)) {
    for (const reduction of reductions) {
      for (const kind of ["indices", "distributions"] as const) {
        test(`${name}, ${reduction}, ${kind}`, () => {
          expectAsCore(call[kind], call.logits, { ...options, reduction });
        });
      }
    }
  }
});
