import { ArgumentError, softmaxCrossEntropy } from "softlabel";
import { describe, expect, test, vi } from "vitest";
import { linearSoftmaxCrossEntropy } from "../../../src/kernels/linear/index.ts";
import { instantiate } from "../../../src/kernels/linear/module.ts";
import { wasmProducts } from "../../../src/kernels/linear/wasm-products.ts";

const features = [
  [1, 2],
  [3, 4],
];
const weight = [
  [1, 0],
  [0, 1],
  [1, -1],
];
const labels = [1, 0];
/** What a caller without types may pass. */
const linear = linearSoftmaxCrossEntropy as (...given: unknown[]) => unknown;

const wrong: [string, () => unknown, string][] = [
  [
    "features that are no tensor",
    () => linear(labels, "x", weight),
    'features must be a tensor { data, shape } or nested arrays, got "x"',
  ],
  [
    "features without a number",
    () => linear(labels, [[], []], weight),
    "features must have at least one number per row, shape [rows, width], got [2, 0]",
  ],
  [
    "a single number as features",
    () => linear(labels, 3, weight),
    "features must have at least one number per row, shape [rows, width], got []",
  ],
  [
    "a weight of another width",
    () => linear(labels, features, [[1, 2, 3]]),
    "weight must have shape [classes, 2] for features of shape [2, 2], got [1, 3]",
  ],
  [
    "a weight that lies the other way round",
    () =>
      linear(labels, features, [
        [1, 0, 1],
        [0, 1, -1],
      ]),
    "weight must have shape [classes, 2] for features of shape [2, 2], got [2, 3]; it lies as [width, classes]: transpose it",
  ],
  [
    "a weight without a class",
    () => linear(labels, features, { data: [], shape: [0, 2] }),
    "weight must have at least one class, got shape [0, 2]",
  ],
  [
    "a bias that is not one per class",
    () => linear(labels, features, weight, { bias: [1, 2] }),
    "bias must have shape [3], one per class, got [2]",
  ],
  [
    "chunkRows of 0",
    () => linear(labels, features, weight, { chunkRows: 0 }),
    "chunkRows must be a positive integer, got 0",
  ],
  [
    "chunkRows of a half",
    () => linear(labels, features, weight, { chunkRows: 0.5 }),
    "chunkRows must be a positive integer, got 0.5",
  ],
  [
    "chunkRows of NaN",
    () => linear(labels, features, weight, { chunkRows: Number.NaN }),
    "chunkRows must be a positive integer, got NaN",
  ],
  [
    "another class axis",
    () => linear(labels, features, weight, { axis: 0 }),
    "axis must be the last, 1, since the weight makes the classes, got 0",
  ],
  [
    "K of another axis",
    () => linear(labels, features, weight, { uniformAxis: 0 }),
    "uniformAxis must be the class axis, 1, got 0",
  ],
  [
    "gradient as text",
    () => linear(labels, features, weight, { gradient: "yes" }),
    'gradient must be one of false, true, got "yes"',
  ],
  ["options that are no object", () => linear(labels, features, weight, null), "options must be an object, got null"],
];

describe("what breaks a precondition is refused by name, with what was given and what would do", () => {
  test.each(wrong)("%s", (_name, call, message) => {
    expect(call).toThrow(ArgumentError);
    expect(call).toThrow(new ArgumentError(message));
  });

  test("a mistyped option, and one that only the loss of logits has", () => {
    expect(() => linear(labels, features, weight, { labelsmoothing: 0.1 })).toThrow(
      /^options must be among .*, bias, chunkRows, got "labelsmoothing"$/,
    );
    expect(() => linear(labels, features, weight, { gradientInto: {} })).toThrow(
      /^options must be among (?!.*gradientInto, ).*, got "gradientInto"$/,
    );
  });
});

describe("labels and the options of the loss are refused with the message of softmaxCrossEntropy, whatever the chunk", () => {
  const logits = [
    [1, 2, -1],
    [3, 4, -1],
    [5, 6, -1],
  ];
  const rows = [
    [1, 2],
    [3, 4],
    [5, 6],
  ];
  const cases: [string, unknown, object][] = [
    ["a label above the classes", [0, 1, 3], {}],
    ["a label of a row that weighs nothing", [0, 1, 7], { weights: [1, 1, 0] }],
    ["a label that is not an integer", [0, 1, 0.5], {}],
    ["labels of another number", [0, 1], {}],
    [
      "a distribution that does not sum to 1",
      [
        [1, 0, 0],
        [0, 1, 0],
        [0.5, 0, 0],
      ],
      {},
    ],
    ["ε above 1 in one row", [0, 1, 2], { labelSmoothing: [0, 0.1, 1.5] }],
    ["a prior that does not sum to 1", [0, 1, 2], { prior: [0.5, 0.2, 0.2] }],
    ["a label that is not allowed", [0, 1, 2], { allowed: [1, 1, 0] }],
    ["weights that are negative", [0, 1, 2], { weights: [1, 1, -1] }],
    ["a normalizer of 0", [0, 1, 2], { normalizer: 0 }],
    ["an unknown reduction", [0, 1, 2], { reduction: "average" }],
    ["class weights of another number", [0, 1, 2], { classWeights: [1, 2] }],
    ["paddingIndex above the classes", [0, 1, 2], { paddingIndex: 3 }],
  ];
  test.each(cases)("%s", (_name, given, options) => {
    const loss = softmaxCrossEntropy as (...given: unknown[]) => unknown;
    const message = messageOf(() => loss(given, logits, options));
    expect(messageOf(() => linear(given, rows, weight, { ...options, chunkRows: 1, gradient: true }))).toBe(message);
  });
});

test("a chunk for which the engine has no memory is refused with the bytes that it needs", () => {
  const instance = instantiate("SIMD");
  vi.spyOn(instance.memory, "grow").mockImplementation(() => {
    throw new RangeError("WebAssembly.Memory.grow(): Maximum memory size exceeded");
  });
  const layer = { classes: 1000, width: 2, weight: new Float32Array(2000) };
  const none = { bias: undefined, gradWeight: undefined, gradBias: undefined };
  expect(() => wasmProducts({ ...layer, ...none }, 300, instance)).toThrow(
    /^chunkRows must leave room in WebAssembly's memory, got 300, which needs \d{7} bytes at once; pass fewer$/,
  );
});

function messageOf(call: () => unknown): string {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
  return expect.fail("nothing was refused");
}
