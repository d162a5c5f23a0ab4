import { presets, softmaxCrossEntropy } from "softlabel";
import { describe, expect, test } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";

const gradient = true;
const EXACT = { rtol: 4 * Number.EPSILON, atol: 0 };

describe("masked classes", () => {
  const masked = [[2, 1, Number.NEGATIVE_INFINITY, 0]];

  test("a logit of −∞ that allowed excludes leaves loss and gradient finite, as if the class were not there", () => {
    const allowed = [true, true, false, true];
    const options = { labelSmoothing: 0.1, gradient } as const;
    for (const convention of ["all-classes", "other-classes", "classy-vision"] as const) {
      const actual = softmaxCrossEntropy([0], masked, { ...options, convention, allowed });
      const without = softmaxCrossEntropy([0], [[2, 1, 0]], { ...options, convention });
      expect(actual.loss).toBe(without.loss);
      expect(actual.priorCrossEntropy).toBe(without.priorCrossEntropy);
      expect(actual.floor).toBe(without.floor);
      const [a, b, c] = without.gradLogits.data;
      expect(Array.from(actual.gradLogits.data)).toEqual([a, b, 0, c]);
    }
  });

  test("allowed per row masks each row by itself", () => {
    const logits = [
      [2, Number.NEGATIVE_INFINITY, 1],
      [Number.NEGATIVE_INFINITY, 1, 3],
    ];
    const allowed = [
      [1, 0, 1],
      [0, 1, 1],
    ];
    const { loss } = softmaxCrossEntropy([0, 2], logits, { labelSmoothing: 0.2, allowed, reduction: "none" });
    expect(loss[0]).toBe(softmaxCrossEntropy([0], [[2, 1]], { labelSmoothing: 0.2 }).loss);
    expect(loss[1]).toBe(softmaxCrossEntropy([1], [[1, 3]], { labelSmoothing: 0.2 }).loss);
  });

  test("a finite logit of an excluded class stays in the softmax and gets no prior mass", () => {
    const z = [2, 1, 0];
    const { gradLogits } = softmaxCrossEntropy([0], [z], { labelSmoothing: 0.1, allowed: [1, 1, 0], gradient });
    const sum = z.reduce((total, value) => total + Math.exp(value), 0);
    expectAllClose(gradLogits.data, [Math.exp(2) / sum - 0.95, Math.exp(1) / sum - 0.05, 1 / sum], {
      rtol: 1e-14,
      atol: 0,
    });
  });

  test("a prior is renormalised over the allowed classes", () => {
    const prior = [0.5, 0.25, 0.125, 0.125];
    const allowed = [1, 0, 1, 1];
    const logits = [[2, Number.NEGATIVE_INFINITY, 1, 0]];
    const { loss } = softmaxCrossEntropy([0], logits, { labelSmoothing: 0.3, prior, allowed });
    const rest = softmaxCrossEntropy([0], [[2, 1, 0]], { labelSmoothing: 0.3, prior: [4 / 6, 1 / 6, 1 / 6] });
    expectClose(loss, rest.loss, EXACT);
  });

  test("without allowed a logit of −∞ is finite at ε = 0 and an infinite loss beyond, the gradient finite in both", () => {
    const plain = softmaxCrossEntropy([0], masked, { gradient });
    expect(plain.loss).toBe(softmaxCrossEntropy([0], [[2, 1, 0]]).loss);
    expect(plain.priorCrossEntropy).toBe(Number.POSITIVE_INFINITY);
    const smoothed = softmaxCrossEntropy([0], masked, { labelSmoothing: 0.1, gradient });
    expect(smoothed.loss).toBe(Number.POSITIVE_INFINITY);
    expect(smoothed.gradLogits.data[2]).toBe(-0.1 / 4);
  });

  test("a label on a logit of −∞ is an infinite loss with the gradient p − q", () => {
    const { loss, gradLogits } = softmaxCrossEntropy([2], masked, { gradient });
    expect(loss).toBe(Number.POSITIVE_INFINITY);
    expect(gradLogits.data[2]).toBe(-1);
  });

  test("a label that is the only allowed class keeps all of its mass under other-classes", () => {
    const options = { labelSmoothing: 0.3, convention: "other-classes", allowed: [0, 1, 0], gradient } as const;
    const { loss, crossEntropy } = softmaxCrossEntropy([1], [[2, 1, 0]], options);
    expect(loss).toBe(crossEntropy);
  });
});

describe("a share of 0 drops its term", () => {
  const prior = [0, 0.5, 0.5];

  test("at ε = 1 a label on a logit of −∞ leaves the loss finite where the prior has no mass", () => {
    const z = [[Number.NEGATIVE_INFINITY, 1, 0]];
    const { loss, crossEntropy, priorCrossEntropy } = softmaxCrossEntropy([0], z, { labelSmoothing: 1, prior });
    expect(crossEntropy).toBe(Number.POSITIVE_INFINITY);
    expect(loss).toBe(priorCrossEntropy);
    expect(loss).toBeLessThan(1);
  });

  test("under other-classes a mixed label's class keeps what no other class of the prior can take", () => {
    const options = { labelSmoothing: 0.3, convention: "other-classes", prior: [1, 0, 0] } as const;
    const z = [[0, 1, 3]];
    const certain = softmaxCrossEntropy([0], z).loss;
    const { priorCrossEntropy } = softmaxCrossEntropy([[0.6, 0.4, 0]], z, options);
    expectClose(priorCrossEntropy, certain, EXACT);
  });

  test("a prior that is almost nothing on the allowed classes is renormalised all the same", () => {
    const options = { labelSmoothing: 0.1, prior: [1 - 2 ** -40, 2 ** -40], allowed: [0, 1] };
    const { loss, crossEntropy, priorCrossEntropy } = softmaxCrossEntropy([1], [[2, 1]], options);
    expect(priorCrossEntropy).toBe(crossEntropy);
    expectClose(loss, crossEntropy, EXACT);
  });

  test("other-classes gives a mixed label its classes' own shares, where the prior is all but certain of one", () => {
    const [tiny, other] = [1e-14, 3e-14];
    const options = { labelSmoothing: 1, convention: "other-classes", prior: [1, tiny, other], gradient } as const;
    // Class 0 gives ¼ and ¾ of its share to 1 and 2; what they give goes to class 0 but for 10⁻¹⁴ of it.
    const { gradLogits } = softmaxCrossEntropy([[0.6, 0.4, 0]], [[0, 0, 0]], options);
    const u = [0.4 / (1 + other), 0.6 / 4, 0.6 * 0.75 + (0.4 * other) / (1 + other)];
    expectAllClose(
      gradLogits.data,
      u.map((share) => 1 / 3 - share),
      { rtol: 1e-14, atol: 0 },
    );
    const [one, two] = [0, 1].map((label) => softmaxCrossEntropy([label], [[0, 1, 3]], options).loss);
    const mixed = softmaxCrossEntropy([[0.6, 0.4, 0]], [[0, 1, 3]], options).loss;
    expectClose(mixed, 0.6 * one + 0.4 * two, { rtol: 1e-14 });
  });

  test("classy-vision keeps the digits of an ε below the spacing of 1", () => {
    const options = { labelSmoothing: 1e-20, convention: "classy-vision", gradient } as const;
    const { gradLogits } = softmaxCrossEntropy([0], [[1000, 0, 0, 0]], options);
    expect(gradLogits.data[1]).toBe(-1e-20 / 4);
  });
});

describe("sizes", () => {
  test("at rank 1, where there is no axis 1, TensorFlow's presets take K from the class axis", () => {
    const options = { ...presets.tfjs, labelSmoothing: 0.1 };
    expect(softmaxCrossEntropy(0, [2, 1, 0], options)).toEqual(
      softmaxCrossEntropy(0, [2, 1, 0], { labelSmoothing: 0.1 }),
    );
  });

  test("the sum over a hundred thousand classes loses no digits", () => {
    const classes = 100_001;
    const z = new Float64Array(classes).fill(Math.log(0.1));
    z[0] = 0;
    // Each of the others has the same float64, so that their sum is rounded once.
    const rest = (classes - 1) * Math.exp(Math.log(0.1));
    const { loss } = softmaxCrossEntropy(0, z);
    expectClose(loss, Math.log1p(rest), EXACT);
  });

  test("one class: every part is 0", () => {
    for (const convention of ["all-classes", "other-classes", "classy-vision"] as const) {
      const { gradLogits, ...parts } = softmaxCrossEntropy([0, 0], [[3], [-7]], {
        labelSmoothing: 0.3,
        convention,
        gradient,
      });
      expect(parts).toEqual({ loss: 0, crossEntropy: 0, priorCrossEntropy: 0, floor: 0 });
      expect(Array.from(gradLogits.data, Math.abs)).toEqual([0, 0]);
    }
  });

  test("zero rows: a mean of 0, an empty list under none, an empty gradient", () => {
    const logits = { data: new Float64Array(0), shape: [0, 3] };
    expect(softmaxCrossEntropy([], logits, { labelSmoothing: 0.1 }).loss).toBe(0);
    const none = softmaxCrossEntropy([], logits, { reduction: "none", gradient });
    expect(none.loss).toEqual(new Float64Array(0));
    expect(none.gradLogits).toEqual({ data: new Float64Array(0), shape: [0, 3] });
  });

  test("many classes: 128,256 uniform logits give log K", () => {
    const classes = 128_256;
    const { loss, floor } = softmaxCrossEntropy(
      [7],
      { data: new Float64Array(classes), shape: [1, classes] },
      { labelSmoothing: 0.1 },
    );
    expectClose(loss, Math.log(classes), { rtol: 1e-12, atol: 0 });
    expect(floor).toBeLessThan(loss);
  });
});

describe("nothing to take a mean of", () => {
  const logits = [
    [2, 1],
    [0, 1],
  ];

  test("all rows ignored or of weight 0: 0 with a zero gradient", () => {
    for (const options of [
      { ignoreIndex: 1 },
      { weights: [0, 0] },
      { weights: 0, reduction: "sum-by-nonzero-weights" },
    ] as const) {
      const { gradLogits, ...parts } = softmaxCrossEntropy([1, 1], logits, {
        ...options,
        labelSmoothing: 0.1,
        gradient,
      });
      expect(parts).toEqual({ loss: 0, crossEntropy: 0, priorCrossEntropy: 0, floor: 0 });
      expect(gradLogits.data).toEqual(new Float64Array(4));
    }
  });

  test("with PyTorch's preset: NaN", () => {
    const labels = [-100, -100];
    expect(softmaxCrossEntropy(labels, logits, { ...presets.pytorch, labelSmoothing: 0.1 }).loss).toBeNaN();
  });

  test("a row of weight 0 may hold anything", () => {
    const broken = [
      [2, 1],
      [Number.NaN, Number.POSITIVE_INFINITY],
    ];
    const { loss, gradLogits } = softmaxCrossEntropy([0, 1], broken, { weights: [1, 0], gradient });
    expect(loss).toBe(softmaxCrossEntropy([0], [[2, 1]]).loss);
    expect(Array.from(gradLogits.data.subarray(2))).toEqual([0, 0]);
  });
});

describe("numbers at the end of float64", () => {
  test("PyTorch's class weights of 1e308 give a loss of ∞ where it cannot be held, never NaN", () => {
    const options = { ...presets.pytorch, classWeights: [1e308, 1e308, 1e308], labelSmoothing: 0.1 };
    const { loss, crossEntropy } = softmaxCrossEntropy(
      [0, 1],
      [
        [2, 1, 0],
        [0, 3, 1],
      ],
      options,
    );
    expect(loss).toBe(Number.POSITIVE_INFINITY);
    const plain = softmaxCrossEntropy(
      [0, 1],
      [
        [2, 1, 0],
        [0, 3, 1],
      ],
    );
    expectClose(crossEntropy, plain.crossEntropy, { rtol: 1e-14 });
  });

  test("logits of ±1e308 give the loss that float64 can hold", () => {
    const { loss, crossEntropy, gradLogits } = softmaxCrossEntropy([0], [[1e308, -1e308]], {
      labelSmoothing: 0.1,
      gradient,
    });
    expect(crossEntropy).toBe(0);
    expectClose(loss, 1e307, EXACT);
    expectAllClose(gradLogits.data, [0.05, -0.05], { rtol: 1e-15, atol: 0 });
  });

  test("a loss beyond the largest float64 is ∞, not NaN", () => {
    const { loss, gradLogits } = softmaxCrossEntropy([1], [[1.7e308, -1.7e308]], { gradient });
    expect(loss).toBe(Number.POSITIVE_INFINITY);
    expect(Array.from(gradLogits.data)).toEqual([1, -1]);
  });

  test("a loss of 1e-300 keeps its digits", () => {
    const { loss } = softmaxCrossEntropy([0], [[690, 0]]);
    expectClose(loss, Math.exp(-690), EXACT);
  });

  test.each([
    ["NaN", [Number.NaN, 1, 0]],
    ["NaN behind", [2, 1, Number.NaN]],
    ["+∞", [1, Number.POSITIVE_INFINITY, 0]],
    ["−∞ alone", [Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NEGATIVE_INFINITY]],
  ])("%s makes its own row NaN and no other", (_, broken) => {
    const options = { labelSmoothing: 0.1, reduction: "none", gradient } as const;
    const { loss, gradLogits } = softmaxCrossEntropy([0, 1, 2], [[2, 1, 0], broken, [0, 3, 1]], options);
    expect(loss[1]).toBeNaN();
    expect(Array.from(gradLogits.data.subarray(3, 6)).every(Number.isNaN)).toBe(true);
    const whole = softmaxCrossEntropy(
      [0, 2],
      [
        [2, 1, 0],
        [0, 3, 1],
      ],
      options,
    );
    expect([loss[0], loss[2]]).toEqual(Array.from(whole.loss));
    expect([...gradLogits.data.subarray(0, 3), ...gradLogits.data.subarray(6)]).toEqual([...whole.gradLogits.data]);
    expect(softmaxCrossEntropy([0, 1, 2], [[2, 1, 0], broken, [0, 3, 1]]).loss).toBeNaN();
  });
});
