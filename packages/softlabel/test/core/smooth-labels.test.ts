import fc from "fast-check";
import { smoothLabels } from "softlabel";
import { describe, expect, test } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";
import { randomDistribution, randomStream } from "./random-call.ts";

const EXACT = { rtol: 4 * Number.EPSILON, atol: 0 };
const numbers = (labels: Parameters<typeof smoothLabels>[0], options: Parameters<typeof smoothLabels>[1]): number[] =>
  Array.from(smoothLabels(labels, options).data);

describe("q′ by convention", () => {
  const options = { classes: 4, labelSmoothing: 0.3 };

  test("all-classes: 1 − ε + ε/K and ε/K", () => {
    expectAllClose(numbers([1], options), [0.075, 0.775, 0.075, 0.075], EXACT);
  });

  test("other-classes: 1 − ε and ε/(K − 1)", () => {
    expectAllClose(numbers([1], { ...options, convention: "other-classes" }), [0.1, 0.7, 0.1, 0.1], EXACT);
  });

  test("classy-vision: (1 + ε/K)/(1 + ε) and (ε/K)/(1 + ε)", () => {
    const [on, off] = [1.075 / 1.3, 0.075 / 1.3];
    expectAllClose(numbers([1], { ...options, convention: "classy-vision" }), [off, on, off, off], EXACT);
  });

  test("other-classes with a prior: the others share ε in proportion to it", () => {
    const prior = [0.4, 0.3, 0.2, 0.1];
    const expected = [0.3 * (4 / 7), 0.7, 0.3 * (2 / 7), 0.3 * (1 / 7)];
    expectAllClose(numbers([1], { ...options, convention: "other-classes", prior }), expected, EXACT);
  });

  test("a prior per label mixes each label with its own row", () => {
    const prior = [
      [0, 1, 0],
      [0.5, 0, 0.5],
      [0.2, 0.8, 0],
    ];
    expectAllClose(
      numbers([2, 1], { classes: 3, labelSmoothing: 0.5, prior }),
      [0.1, 0.4, 0.5, 0.25, 0.5, 0.25],
      EXACT,
    );
  });

  test("the manual form y − ε·(y − 1/K) is all-classes", () => {
    const ε = 0.3;
    expectAllClose(
      numbers([1], options),
      [0, 1, 0, 0].map((y) => y - ε * (y - 1 / 4)),
      EXACT,
    );
  });
});

describe("relations", () => {
  test("every row is a distribution, ε = 0 gives q and ε = 1 gives u", () => {
    fc.assert(
      fc.property(
        fc.integer(),
        fc.integer({ min: 1, max: 30 }),
        fc.constantFrom("all-classes", "other-classes", "classy-vision"),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (seed, classes, convention, labelSmoothing) => {
          const random = randomStream(seed);
          const [q, prior] = [randomDistribution(random, classes), randomDistribution(random, classes)];
          const smoothed = numbers([q], { labelSmoothing, prior, convention });
          expect(smoothed.every((share) => share >= -1e-16 && share <= 1 + 1e-15)).toBe(true);
          expectAllClose([smoothed.reduce((a, b) => a + b, 0)], [1], { rtol: 1e-14, atol: 0 });
          expectAllClose(numbers([q], { labelSmoothing: 0, prior, convention }), q, EXACT);
          if (convention === "all-classes") {
            expectAllClose(numbers([q], { labelSmoothing: 1, prior }), prior, EXACT);
          }
        },
      ),
    );
  });

  test("twice with ε is once with 1 − (1 − ε)²", () => {
    const once = smoothLabels([2, 0], { classes: 5, labelSmoothing: 0.1 });
    expectAllClose(
      numbers(once, { labelSmoothing: 0.1 }),
      numbers([2, 0], { classes: 5, labelSmoothing: 0.19 }),
      EXACT,
    );
  });
});

describe("shapes", () => {
  test("the class axis is inserted where axis says", () => {
    const last = smoothLabels(
      [
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      { classes: 3, labelSmoothing: 0.3 },
    );
    const middle = smoothLabels(
      [
        [0, 1],
        [1, 1],
        [0, 0],
      ],
      { classes: 3, labelSmoothing: 0.3, axis: 1 },
    );
    expect([last.shape, middle.shape]).toEqual([
      [3, 2, 3],
      [3, 3, 2],
    ]);
    for (let n = 0; n < 3; n++)
      for (let t = 0; t < 2; t++)
        for (let k = 0; k < 3; k++) expect(middle.data[(n * 3 + k) * 2 + t]).toBe(last.data[(n * 2 + t) * 3 + k]);
  });

  test("with as many labels as classes, rank tells rows of distributions from a list of indices", () => {
    expect(smoothLabels([0, 1, 0], { classes: 3 }).shape).toEqual([3, 3]);
    expect(smoothLabels([[0, 1, 0]], { classes: 3 }).shape).toEqual([1, 3]);
    expect(smoothLabels([[0, 1, 0]], { classes: 3, labelKind: "indices" }).shape).toEqual([1, 3, 3]);
    expect(smoothLabels([0, 1, 0]).shape).toEqual([3]);
  });

  test("ignored and padding rows are all 0", () => {
    expect(numbers([-1, 1], { classes: 2, labelSmoothing: 0.2, ignoreIndex: -1 })).toEqual([0, 0, 0.1, 0.9]);
    expect(numbers([0, 1], { classes: 3, labelSmoothing: 0.2, paddingIndex: 0 })).toEqual([0, 0, 0, 0, 0.9, 0.1]);
  });
});
