import fc from "fast-check";
import { smoothLabels, softmaxCrossEntropy, type Tensor } from "softlabel";
import { describe, expect, test } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { type MeanOptions, optionTable, randomCall, randomStream } from "./random-call.ts";

/** A few roundings of float64 apart: the same sum taken in another order. */
const SAME = { rtol: 1e-13, atol: 1e-15 };

/** Shapes and seeds; the seed makes labels, logits and options. */
const calls = fc.record({
  rows: fc.integer({ min: 1, max: 6 }),
  classes: fc.integer({ min: 1, max: 40 }),
  seed: fc.integer(),
  spread: fc.constantFrom(0.1, 3, 40),
});

function forEveryCall(check: (call: ReturnType<typeof randomCall>, options: MeanOptions, name: string) => void): void {
  fc.assert(
    fc.property(calls, ({ rows, classes, seed, spread }) => {
      const random = randomStream(seed);
      const call = randomCall(random, rows, classes, spread);
      for (const [name, options] of optionTable(random, rows, classes)) check(call, options, name);
    }),
    { numRuns: 25 },
  );
}

/** Rows of a tensor with the class axis last, as tensors of one row. */
const row = (t: Tensor<Float64Array>, i: number): number[][] => [
  Array.from(t.data.subarray(i * t.shape[1], (i + 1) * t.shape[1])),
];

describe("the two terms", () => {
  test("loss = (1 − ε)·H(q, p) + ε·H(u, p) for every prior and reduction", () => {
    fc.assert(
      fc.property(
        calls,
        fc.double({ min: 0, max: 1, noNaN: true }),
        ({ rows, classes, seed, spread }, labelSmoothing) => {
          const random = randomStream(seed);
          const call = randomCall(random, rows, classes, spread);
          for (const [name, options] of optionTable(random, rows, classes)) {
            if (options.convention === "classy-vision" || options.subtractFloor) continue;
            for (const labels of [call.indices, call.distributions]) {
              for (const reduction of ["mean", "sum", "sum-by-nonzero-weights"] as const) {
                const all = { ...options, labelSmoothing, reduction };
                const { loss, crossEntropy, priorCrossEntropy } = softmaxCrossEntropy(labels, call.logits, all);
                const mixed = (1 - labelSmoothing) * crossEntropy + labelSmoothing * priorCrossEntropy;
                expectClose(loss, mixed, SAME, name);
              }
            }
          }
        },
      ),
      { numRuns: 25 },
    );
  });

  test("classy-vision at ε is all-classes at ε/(1 + ε)", () => {
    forEveryCall(({ indices, logits }) => {
      const classy = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.3, convention: "classy-vision" });
      const uniform = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.3 / 1.3 });
      expectClose(classy.loss, uniform.loss, SAME);
    });
  });

  test("other-classes at ε is all-classes at ε·K/(K − 1)", () => {
    forEveryCall(({ indices, distributions, logits }) => {
      const classes = logits.shape[1];
      if (classes === 1) return;
      const labelSmoothing = 0.4 * ((classes - 1) / classes);
      for (const labels of [indices, distributions]) {
        const others = softmaxCrossEntropy(labels, logits, { labelSmoothing, convention: "other-classes" });
        expectClose(others.loss, softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.4 }).loss, SAME);
      }
    });
  });

  test("H(q, p) is the loss at ε = 0 and H(u, p) the loss at ε = 1", () => {
    forEveryCall(({ indices, logits }, options, name) => {
      if (options.subtractFloor || options.convention === "classy-vision") return;
      const { crossEntropy, priorCrossEntropy } = softmaxCrossEntropy(indices, logits, options);
      expectClose(
        softmaxCrossEntropy(indices, logits, { ...options, labelSmoothing: 0 }).loss,
        crossEntropy,
        SAME,
        name,
      );
      const prior = softmaxCrossEntropy(indices, logits, { ...options, labelSmoothing: 1 });
      expectClose(prior.loss, priorCrossEntropy, SAME, name);
    });
  });
});

describe("the floor", () => {
  test("is never above the loss, and the loss minus it is KL(q′ ‖ p)", () => {
    forEveryCall(({ indices, distributions, logits }, options, name) => {
      for (const labels of [indices, distributions]) {
        const { loss, floor } = softmaxCrossEntropy(labels, logits, { ...options, subtractFloor: false });
        const { loss: kl } = softmaxCrossEntropy(labels, logits, { ...options, subtractFloor: true });
        expectClose(loss - floor, kl, { rtol: 1e-12, atol: 1e-13 }, name);
        expect(kl, name).toBeGreaterThanOrEqual(-1e-13);
      }
    });
  });

  test("is reached at p = q′", () => {
    forEveryCall(({ indices, logits }, options, name) => {
      const { labelSmoothing, prior, convention } = options;
      const classes = logits.shape[1];
      const target = smoothLabels(indices, { classes, labelSmoothing, prior, convention });
      const optimum = { data: target.data.map((q) => Math.log(q)), shape: target.shape };
      const { loss, floor } = softmaxCrossEntropy(indices, optimum, { labelSmoothing, prior, convention });
      expectClose(loss, floor, { rtol: 1e-12, atol: 1e-14 }, name);
    });
  });
});

describe("labels", () => {
  test("one-hot labels give what index labels give", () => {
    forEveryCall(({ indices, logits }, options, name) => {
      if (options.ignoreIndex !== undefined || options.classWeighting === "pytorch") return;
      const oneHot = smoothLabels(indices, { classes: logits.shape[1] });
      const all = { ...options, gradient: true } as const;
      const [byIndex, byRow] = [indices, oneHot].map((labels) => softmaxCrossEntropy(labels, logits, all));
      expect(byRow, name).toEqual(byIndex);
    });
  });

  test("BigInt labels, nested arrays and every integer type are read alike", () => {
    const logits = [
      [2, 1, 0],
      [0, 3, 1],
    ];
    const { loss } = softmaxCrossEntropy([0, 2], logits, { labelSmoothing: 0.1 });
    for (const labels of [new BigInt64Array([0n, 2n]), [0n, 2n], new Uint8Array([0, 2]), new Float32Array([0, 2])]) {
      expect(softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1 }).loss).toBe(loss);
    }
    const typed = { data: [2, 1, 0, 0, 3, 1], shape: [2, 3] };
    expect(
      softmaxCrossEntropy({ data: new BigUint64Array([0n, 2n]), shape: [2] }, typed, { labelSmoothing: 0.1 }).loss,
    ).toBe(loss);
  });

  test("a mixed label gives the mixed loss", () => {
    const random = randomStream(8);
    const { logits } = randomCall(random, 1, 5);
    const options = { labelSmoothing: 0.1, convention: "other-classes", prior: [0.1, 0.2, 0.3, 0.15, 0.25] } as const;
    const [first, second] = [1, 4].map((label) => softmaxCrossEntropy([label], logits, options).loss);
    const mixed = softmaxCrossEntropy([[0, 0.3, 0, 0, 0.7]], logits, options).loss;
    expectClose(mixed, 0.3 * first + 0.7 * second, SAME);
  });

  test("the losses' own q′ is that of smoothLabels", () => {
    forEveryCall(({ indices, distributions, logits }, options, name) => {
      if (options.classWeights || options.weights || options.uniformAxis !== undefined) return;
      const { labelSmoothing, prior, convention } = options;
      for (const labels of [indices, distributions]) {
        const target = smoothLabels(labels, { classes: logits.shape[1], labelSmoothing, prior, convention });
        const expected = softmaxCrossEntropy(target, logits).crossEntropy;
        const { loss } = softmaxCrossEntropy(labels, logits, { labelSmoothing, prior, convention });
        expectClose(loss, expected, SAME, name);
      }
    });
  });
});

describe("rows and axes", () => {
  test("each row of a batch has the loss and gradient that it has alone", () => {
    forEveryCall(({ indices, logits }, options, name) => {
      if (options.uniformAxis !== undefined) return; // K is the number of rows there
      const all = { ...options, gradient: true, reduction: "none" } as const;
      const batch = softmaxCrossEntropy(indices, logits, all);
      const one = (value: unknown, i: number): number => (Array.isArray(value) ? value[i] : value) as number;
      indices.data.forEach((label, i) => {
        const { labelSmoothing, weights } = options;
        const alone = softmaxCrossEntropy([label], row(logits, i), {
          ...all,
          labelSmoothing: one(labelSmoothing, i),
          weights: one(weights, i),
        });
        expect(alone.loss[0], name).toBe(batch.loss[i]);
        expect(alone.gradLogits.data, name).toEqual(
          Float64Array.from(row(batch.gradLogits as Tensor<Float64Array>, i)[0]),
        );
      });
    });
  });

  test("the class axis may stand anywhere", () => {
    const random = randomStream(9);
    const [N, K, T] = [3, 5, 4];
    const last = randomCall(random, N * T, K);
    const prior = [0.1, 0.2, 0.3, 0.15, 0.25];
    const options = { labelSmoothing: 0.2, prior, reduction: "none", gradient: true } as const;
    const labels = { data: last.indices.data, shape: [N, T] };
    const expected = softmaxCrossEntropy(labels, { data: last.logits.data, shape: [N, T, K] }, options);
    const moved = new Float64Array(N * T * K);
    const index = (n: number, t: number, k: number): [number, number] => [(n * T + t) * K + k, (n * K + k) * T + t];
    const each = (visit: (from: number, to: number) => void): void => {
      for (let n = 0; n < N; n++) for (let t = 0; t < T; t++) for (let k = 0; k < K; k++) visit(...index(n, t, k));
    };
    each((from, to) => {
      moved[to] = last.logits.data[from];
    });
    for (const axis of [1, -2]) {
      const actual = softmaxCrossEntropy(labels, { data: moved, shape: [N, K, T] }, { ...options, axis });
      expect(actual.loss).toEqual(expected.loss);
      expect(actual.gradLogits.shape).toEqual([N, K, T]);
      each((from, to) => expect(actual.gradLogits.data[to]).toBe(expected.gradLogits.data[from]));
    }
  });

  test("a single row needs no batch axis", () => {
    expect(softmaxCrossEntropy(1, [2, 1, 0]).loss).toBe(softmaxCrossEntropy([1], [[2, 1, 0]]).loss);
  });
});

describe("logits", () => {
  test("adding a constant to every logit changes nothing, bit for bit", () => {
    forEveryCall(({ indices, logits }, options, name) => {
      // Multiples of 2⁻²⁰, so that adding 10⁶ is exact.
      const grid = logits.data.map((z) => Math.round(z * 2 ** 20) / 2 ** 20);
      const all = { ...options, gradient: true } as const;
      const expected = softmaxCrossEntropy(indices, { data: grid, shape: logits.shape }, all);
      for (const offset of [1e6, -1e6]) {
        const moved = { data: grid.map((z) => z + offset), shape: logits.shape };
        expect(softmaxCrossEntropy(indices, moved, all), name).toEqual(expected);
      }
    });
  });

  test("renaming the classes changes nothing", () => {
    const random = randomStream(10);
    const { logits } = randomCall(random, 1, 4);
    const order = [2, 0, 3, 1];
    const prior = [0.1, 0.2, 0.3, 0.4];
    const allowed = [1, 1, 0, 1];
    const at = (values: ArrayLike<number>): number[] => order.map((k) => values[k]);
    const expected = softmaxCrossEntropy([3], logits, { labelSmoothing: 0.3, prior, allowed }).loss;
    const renamed = { labelSmoothing: 0.3, prior: at(prior), allowed: at(allowed) };
    expectClose(softmaxCrossEntropy([order.indexOf(3)], [at(logits.data)], renamed).loss, expected, SAME);
  });
});

describe("reductions", () => {
  const random = randomStream(11);
  const { indices, logits } = randomCall(random, 6, 5);
  const weights = [1, 0, 2, 0.5, 0, 3];
  const options = { labelSmoothing: 0.1, weights };
  const each = softmaxCrossEntropy(indices, logits, { ...options, reduction: "none" }).loss;
  const sum = each.reduce((a, b) => a + b, 0);

  test("none gives weight × loss, one per row", () => {
    const plain = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, reduction: "none" }).loss;
    expectAllClose(
      each,
      plain.map((loss, row) => weights[row] * loss),
      SAME,
    );
  });

  test("sum, mean and sum-by-nonzero-weights divide by 1, by Σw and by how many w are not 0", () => {
    const by = (reduction: "sum" | "mean" | "sum-by-nonzero-weights") =>
      softmaxCrossEntropy(indices, logits, { ...options, reduction }).loss;
    expectClose(by("sum"), sum, SAME);
    expectClose(by("mean"), sum / 6.5, SAME);
    expectClose(by("sum-by-nonzero-weights"), sum / 4, SAME);
  });

  test("a mean over rows divides by their number whatever they weigh", () => {
    expectClose(softmaxCrossEntropy(indices, logits, { ...options, meanOver: "rows" }).loss, sum / 6, SAME);
  });

  test("equal weights of any size change nothing, bit for bit", () => {
    const plain = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, gradient: true });
    for (const weight of [5e-324, 1e-300, 0.1, 7, 1e308]) {
      expect(softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, weights: weight, gradient: true })).toEqual(
        plain,
      );
    }
  });

  test("two half batches with the whole batch's normalizer add up to its mean", () => {
    const normalizer = 6;
    const halves = [0, 1].map((half) => {
      const data = logits.data.subarray(half * 15, half * 15 + 15);
      const labels = indices.data.subarray(half * 3, half * 3 + 3);
      return softmaxCrossEntropy(labels, { data, shape: [3, 5] }, { labelSmoothing: 0.1, normalizer, gradient: true });
    });
    const whole = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, gradient: true });
    expectClose(halves[0].loss + halves[1].loss, whole.loss, SAME);
    const joined = halves.flatMap(({ gradLogits }) => Array.from(gradLogits.data));
    expectAllClose(joined, whole.gradLogits.data, SAME);
  });

  test("ignored rows leave loss, gradient and mean as if they were not there", () => {
    forEveryCall(({ indices, logits }) => {
      const classes = logits.shape[1];
      const kept = Array.from(indices.data.keys()).filter((i) => indices.data[i] !== 0);
      const all = { labelSmoothing: 0.1, gradient: true } as const;
      const ignoring = softmaxCrossEntropy(indices, logits, { ...all, ignoreIndex: 0 });
      const subset = softmaxCrossEntropy(
        { data: kept.map((i) => indices.data[i]), shape: [kept.length] },
        { data: kept.flatMap((i) => row(logits, i)[0]), shape: [kept.length, classes] },
        all,
      );
      expectClose(ignoring.loss, subset.loss, SAME);
      indices.data.forEach((label, i) => {
        const lanes = ignoring.gradLogits.data.subarray(i * classes, (i + 1) * classes);
        const at = kept.indexOf(i);
        const expected =
          label === 0 ? new Float64Array(classes) : subset.gradLogits.data.subarray(at * classes, (at + 1) * classes);
        expectAllClose(lanes, expected, SAME);
      });
    });
  });
});

describe("class weights", () => {
  const random = randomStream(12);
  const { indices, distributions, logits } = randomCall(random, 4, 3);
  const classWeights = [0.5, 2, 4];

  test("by default weigh the whole row by its label's weight", () => {
    const weights = Array.from(indices.data, (label) => classWeights[label]);
    const byClass = softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, classWeights });
    expectClose(byClass.loss, softmaxCrossEntropy(indices, logits, { labelSmoothing: 0.1, weights }).loss, SAME);
  });

  test("weigh a mixed label by the mixture of its classes' weights", () => {
    const weights = [0, 1, 2, 3].map((i) =>
      row(distributions, i)[0].reduce((sum, q, k) => sum + q * classWeights[k], 0),
    );
    const byClass = softmaxCrossEntropy(distributions, logits, { labelSmoothing: 0.1, classWeights });
    expectClose(byClass.loss, softmaxCrossEntropy(distributions, logits, { labelSmoothing: 0.1, weights }).loss, SAME);
  });
});
