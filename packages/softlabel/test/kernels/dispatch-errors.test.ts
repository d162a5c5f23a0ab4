import { ArgumentError, softmaxCrossEntropy } from "softlabel";
import { describe, expect, test } from "vitest";
import { classWeightKeys } from "../../src/core/class-weights.ts";
import { reductionKeys, smoothingKeys } from "../../src/core/options.ts";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";

type Loss = (labels: unknown, logits: unknown, options?: unknown) => { readonly loss: number | Float64Array };

const shape = [2, 3];
const logits = { data: Float32Array.of(2, 1, 0, 0, 3, 1), shape };
const indices = Int32Array.of(0, 1);
const oneHot = { data: Float32Array.of(1, 0, 0, 0, 1, 0), shape };

/** What may stand in any place of a call, right or wrong there. */
const anything: readonly unknown[] = [
  undefined,
  null,
  Number.NaN,
  Number.NEGATIVE_INFINITY,
  -1,
  0,
  0.5,
  1,
  2,
  40,
  1e-320,
  "",
  "mean",
  "none",
  "other-classes",
  "pytorch",
  true,
  false,
  3n,
  Symbol("s"),
  () => 0,
  {},
  Object.create(null),
  new Map(),
  new Date(0),
  [],
  [[]],
  [0, 1],
  [1, 0, 0],
  [0.2, 0.3, 0.5],
  [0.2, 0.3, 0.6],
  [Number.NaN, 0.5, 0.5],
  [
    [1, 0, 0],
    [0, 1, 0],
  ],
  [[0.1], [0.9]],
  ["0", 1],
  [0, 1.5],
  [0, -1],
  Float32Array.of(0, 1),
  Float64Array.of(-0, 1),
  BigInt64Array.of(0n, 2n),
  new DataView(new ArrayBuffer(8)),
  { data: [0, 1], shape: [2] },
  { data: new Float32Array(6), shape: [2, 3] },
  { data: new Float32Array(6), shape: [3, 2] },
  { data: new Float32Array(5), shape: [2, 3] },
  { data: new Float32Array(6), shape: [2, 1.5, 2] },
  { data: new Float32Array(6), shape: "23" },
  { data: new Float64Array(0), shape: [0, 3] },
  { data: null, shape: null },
];

/** What a call gives or says. */
function outcome(loss: Loss, args: readonly unknown[]): number[] | string {
  try {
    const { loss: given } = loss(args[0], args[1], args[2]);
    return typeof given === "number" ? [given] : Array.from(given);
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
}

function expectSame(...args: readonly unknown[]): void {
  const [actual, expected] = [softmaxCrossEntropy, core].map((loss) => outcome(loss as Loss, args));
  if (typeof expected === "string" || typeof actual === "string") {
    expect(actual).toBe(expected);
  } else {
    expect(actual.length).toBe(expected.length);
    for (const [i, value] of expected.entries()) {
      if (Number.isFinite(value)) expect(Math.abs(actual[i] - value)).toBeLessThan(1e-6 * Math.max(1, value));
      else expect(actual[i]).toBe(value);
    }
  }
}

describe("whatever stands in a call, float32 logits are taken or refused as the core takes or refuses them", () => {
  test("as labels or logits", () => {
    for (const value of anything) {
      expectSame(value, logits, { labelSmoothing: 0.1 });
      expectSame(indices, value);
      expectSame(value, value);
      expectSame(indices, logits, value);
    }
  });

  test.each(Object.keys({ ...smoothingKeys, ...reductionKeys, ...classWeightKeys }))("as %s", (key) => {
    for (const value of anything) {
      for (const labels of [indices, oneHot]) {
        for (const beside of [{}, { labelSmoothing: 0.2, weights: [1, 2] }, { reduction: "sum", allowed: [1, 1, 0] }]) {
          expectSame(labels, logits, { ...beside, [key]: value });
        }
      }
    }
  });

  test("as two wrong things at once: the same one is named", () => {
    for (const options of [
      { labelSmoothing: 2, weights: -1 },
      { prior: [1], reduction: "x" },
      { axis: 7, gradient: 1 },
    ]) {
      expectSame([0, 9], logits, options);
      expectSame(indices, logits, options);
    }
  });

  test("as options by inheritance or from another realm", () => {
    expectSame(indices, logits, Object.create({ labelSmoothing: 0.3 }));
    expectSame(indices, logits, Object.assign(Object.create({ labelSmoothing: 0.3 }), { weights: 2 }));
    expectSame(indices, logits, { toString: 1 });
    expectSame(indices, logits, { [Symbol.toStringTag]: "Map" });
  });
});
