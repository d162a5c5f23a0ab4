import { runInNewContext } from "node:vm";
import { ArgumentError, presets, sigmoidCrossEntropy, smoothLabels, softmaxCrossEntropy } from "softlabel";
import { describe, expect, test } from "vitest";

const logits = [
  [2, 1, 0],
  [0, 3, 1],
];
const labels = [0, 1];
const oneHot = [
  [1, 0, 0],
  [0, 1, 0],
];
/** What a caller without types may pass. */
const loss = softmaxCrossEntropy as (labels: unknown, logits: unknown, options?: unknown) => unknown;
const sigmoid = sigmoidCrossEntropy as (labels: unknown, logits: unknown, options?: unknown) => unknown;
const smooth = smoothLabels as (labels: unknown, options?: unknown) => unknown;
const cyclic: unknown[] = [];
cyclic.push(cyclic);

const wrong: [string, () => unknown, string][] = [
  [
    "ε below 0",
    () => loss(labels, logits, { labelSmoothing: -0.1 }),
    "labelSmoothing must be a number in [0, 1], got -0.1",
  ],
  [
    "ε above 1",
    () => loss(labels, logits, { labelSmoothing: 1.5 }),
    "labelSmoothing must be a number in [0, 1], got 1.5",
  ],
  [
    "ε of NaN",
    () => loss(labels, logits, { labelSmoothing: Number.NaN }),
    "labelSmoothing must be a number in [0, 1], got NaN",
  ],
  [
    "ε as text",
    () => loss(labels, logits, { labelSmoothing: "0.1" }),
    'labelSmoothing must be a number in [0, 1], got "0.1"',
  ],
  [
    "ε of null",
    () => loss(labels, logits, { labelSmoothing: null }),
    "labelSmoothing must be a number in [0, 1], got null",
  ],
  [
    "one ε of several wrong",
    () => loss(labels, logits, { labelSmoothing: [0.1, 2] }),
    "labelSmoothing must be a number in [0, 1], got 2 at position 1",
  ],
  [
    "one ε in a list for two rows",
    () => loss(labels, logits, { labelSmoothing: [0.1] }),
    "labelSmoothing must be a number or one number per row, shape [2], got [1]",
  ],
  [
    "ε for other rows",
    () => loss(labels, logits, { labelSmoothing: [0.1, 0.1, 0.1] }),
    "labelSmoothing must be a number or one number per row, shape [2], got [3]",
  ],
  [
    "a mistyped option",
    () => loss(labels, logits, { labelsmoothing: 0.1 }),
    "options must be among labelSmoothing, prior, convention, allowed, ignoreIndex, paddingIndex, axis, uniformAxis, " +
      'weights, reduction, normalizer, meanOver, emptyMean, subtractFloor, gradient, gradientInto, classWeights, classWeighting, got "labelsmoothing"',
  ],
  ["options that are none", () => loss(labels, logits, null), "options must be an object, got null"],
  ["ε in place of the options", () => loss(labels, logits, 0.1), "options must be an object, got 0.1"],

  [
    "labels that start at 1",
    () => loss([1, 3], logits),
    "labels must be integers in [0, 3), got 3 at row 1; if labels start at 1, subtract 1",
  ],
  [
    "a label of −1",
    () => loss([0, -1], logits),
    "labels must be integers in [0, 3), got -1 at row 1; if -1 marks rows to leave out, pass ignoreIndex: -1",
  ],
  ["a label between classes", () => loss([2.5, 0], logits), "labels must be integers in [0, 3), got 2.5 at row 0"],
  ["a label of NaN", () => loss([0, Number.NaN], logits), "labels must be integers in [0, 3), got NaN at row 1"],
  ["a label as text", () => loss(["0", 1], logits), 'labels must hold numbers, got "0" at position 0'],
  [
    "no labels",
    () => loss(undefined, logits),
    "labels must be a tensor { data, shape } or nested arrays, got undefined",
  ],
  [
    "labels for other rows",
    () => loss([0, 1, 2], logits),
    "labels must have shape [2] (class indices) or [2, 3] (distributions) for logits of shape [2, 3], got [3]",
  ],
  [
    "a distribution that sums to 2",
    () =>
      loss(
        [
          [1, 0, 1],
          [1, 0, 0],
        ],
        logits,
      ),
    "labels must sum to 1 in every row, got 2 at row 0; for labels that are independent of each other use sigmoidCrossEntropy",
  ],
  [
    "a negative share",
    () =>
      loss(
        [
          [1, 0, 0],
          [1.5, -0.5, 0],
        ],
        logits,
      ),
    "labels must not be negative, got -0.5 at row 1, class 1",
  ],
  [
    "a share of NaN",
    () =>
      loss(
        [
          [Number.NaN, 0, 1],
          [1, 0, 0],
        ],
        logits,
      ),
    "labels must not be negative, got NaN at row 0, class 0",
  ],

  [
    "ragged logits",
    () =>
      loss(labels, [
        [2, 1, 0],
        [0, 3],
      ]),
    "logits must be nested to one depth with equal lengths, got length 2 beside length 3 at depth 1",
  ],
  [
    "logits of two depths",
    () => loss(labels, [[2, 1, 0], 3]),
    "logits must be nested to one depth with equal lengths, got 3 beside length 3 at depth 1",
  ],
  [
    "logits deeper behind",
    () =>
      loss(labels, [
        [2, 1, 0],
        [0, [3], 1],
      ]),
    "logits must be nested to one depth with equal lengths, got length 1 beside a number at depth 2",
  ],
  [
    "a hole in the logits",
    () =>
      loss(labels, [
        [2, 1, 0],
        [0, undefined, 1],
      ]),
    "logits must hold numbers, got undefined at position 4",
  ],
  ["logits without a class", () => loss([], [[]]), "logits must have at least one class on axis 1, got shape [1, 0]"],
  ["logits as one number", () => loss(0, 3), "logits must have a class axis, got a single number"],
  [
    "data that does not fill its shape",
    () => loss(labels, { data: [1, 2, 3], shape: [2, 3] }),
    "logits.data must hold 6 numbers for shape [2, 3], got 3",
  ],
  [
    "a negative length",
    () => loss(labels, { data: [], shape: [-2, 3] }),
    "logits.shape must be an array of lengths, got an array of length 2",
  ],
  [
    "a tensor that keeps its data elsewhere",
    () => loss(labels, { data: () => undefined, shape: [2, 3] }),
    "logits.data must be an array of numbers, got a function; read it first, as in { data: await t.data(), shape: t.shape }",
  ],
  [
    "arrays that hold themselves",
    () => loss(labels, cyclic),
    "logits must be nested at most 16 deep, got deeper or circular arrays",
  ],
  [
    "a symbol",
    () => loss(labels, Symbol("z")),
    "logits must be a tensor { data, shape } or nested arrays, got Symbol(z)",
  ],

  [
    "an axis that is not there",
    () => loss(labels, logits, { axis: 2 }),
    "axis must be an integer in [-2, 2) for logits of shape [2, 3], got 2",
  ],
  [
    "an axis as text",
    () => loss(labels, logits, { axis: "last" }),
    'axis must be an integer in [-2, 2) for logits of shape [2, 3], got "last"',
  ],
  [
    "a prior of another length",
    () => loss(labels, logits, { prior: [0.5, 0.5] }),
    "prior must have shape [3] or [3, 3], got [2]",
  ],
  [
    "a negative prior",
    () => loss(labels, logits, { prior: [1.5, -0.5, 0] }),
    "prior must not be negative, got -0.5 at class 1",
  ],
  [
    "a prior that sums to 0.75",
    () => loss(labels, logits, { prior: [0.25, 0.25, 0.25] }),
    "prior must sum to 1, got 0.75",
  ],
  [
    "one row of a prior per label wrong",
    () =>
      loss(labels, logits, {
        prior: [
          [1, 0, 0],
          [0, 2, 0],
          [0, 0, 1],
        ],
      }),
    "prior must sum to 1, got 2 at row 1",
  ],
  [
    "a convention nobody has",
    () => loss(labels, logits, { convention: "others" }),
    'convention must be one of "all-classes", "other-classes", "classy-vision", got "others"',
  ],
  [
    "a label that allowed excludes",
    () => loss(labels, logits, { allowed: [1, 0, 1] }),
    "labels must be classes that allowed permits, got class 1 at row 1",
  ],
  [
    "a share of a mixed label that allowed excludes",
    () => loss([[0.75, 0.25, 0]], [[2, 1, 0]], { allowed: [1, 0, 1] }),
    "labels must be classes that allowed permits, got class 1 at row 0",
  ],
  [
    "nothing allowed that the prior has",
    () => loss([0, 0], logits, { allowed: [1, 0, 0], prior: [0, 0.5, 0.5] }),
    "prior must have mass on an allowed class, got none at row 0",
  ],
  [
    "allowed of another shape",
    () => loss(labels, logits, { allowed: [1, 1] }),
    "allowed must have shape [3] or [2, 3], got [2]",
  ],
  [
    "allowed by halves",
    () => loss(labels, logits, { allowed: [1, 0.5, 1] }),
    "allowed must hold 0 and 1 only, got 0.5",
  ],
  [
    "a negative weight",
    () => loss(labels, logits, { weights: [1, -2] }),
    "weights must be a finite number ≥ 0, got -2 at position 1",
  ],
  [
    "an infinite weight",
    () => loss(labels, logits, { weights: [1, Infinity] }),
    "weights must be a finite number ≥ 0, got Infinity at position 1",
  ],
  [
    "a negative class weight",
    () => loss(labels, logits, { classWeights: [1, 1, -1] }),
    "classWeights must be a finite number ≥ 0, got -1 at position 2",
  ],
  [
    "too few class weights",
    () => loss(labels, logits, { classWeights: [1, 1] }),
    "classWeights must have shape [3], got [2]",
  ],
  [
    "an unknown class weighting",
    () => loss(labels, logits, { classWeights: [1, 1, 1], classWeighting: "torch" }),
    'classWeighting must be one of "example", "pytorch", got "torch"',
  ],
  [
    "an unknown reduction",
    () => loss(labels, logits, { reduction: "avg" }),
    'reduction must be one of "mean", "sum", "none", "sum-by-nonzero-weights", got "avg"',
  ],
  ["a normalizer of 0", () => loss(labels, logits, { normalizer: 0 }), "normalizer must be a finite number > 0, got 0"],
  [
    "a normalizer with nothing to divide",
    () => loss(labels, logits, { normalizer: 8, reduction: "sum" }),
    'normalizer must come with a reduction that divides, got reduction "sum"',
  ],
  [
    "an ignoreIndex as text",
    () => loss(labels, logits, { ignoreIndex: "pad" }),
    'ignoreIndex must be an integer, got "pad"',
  ],
  ["a gradient of 1", () => loss(labels, logits, { gradient: 1 }), "gradient must be one of false, true, got 1"],

  ["a sigmoid label of 2", () => sigmoid([[0, 2]], [[1, 1]]), "labels must be in [0, 1], got 2 at position 1"],
  ["sigmoid labels as indices", () => sigmoid([0, 1], logits), "labels must have the logits' shape [2, 3], got [2]"],
  ["a sigmoid prior of 2", () => sigmoid([[0, 1]], [[1, 1]], { prior: 2 }), "prior must be a number in [0, 1], got 2"],
  [
    "a prior where labels are turned over",
    () => sigmoid([[0, 1]], [[1, 1]], { prior: 0.5, convention: "full" }),
    'prior must come with convention "half", got it with "full", which turns labels over',
  ],
  [
    "weights that do not broadcast",
    () => sigmoid([[0, 1]], [[1, 1]], { weights: [1, 2, 3] }),
    "weights must broadcast to [1, 2], got [3]",
  ],

  [
    "indices without a number of classes, read as distributions",
    () => smooth([0, 2, 1]),
    "labels must sum to 1 in every row, got 3 at row 0; for class indices pass classes",
  ],
  [
    "indices without a number of classes",
    () => smooth([0, 1], { labelKind: "indices" }),
    "classes must be an integer ≥ 1 for labels that are class indices, got undefined",
  ],
  [
    "half a class",
    () => smooth([0, 1], { classes: 2.5 }),
    "classes must be an integer ≥ 1 for labels that are class indices, got 2.5",
  ],
  [
    "classes that the labels do not have",
    () => smooth([[0, 1]], { classes: 3, labelKind: "distributions" }),
    "labels must have 3 classes on axis 1, got shape [1, 2]",
  ],
  [
    "logits before labels, as PyTorch has them",
    () => loss(logits, labels),
    "labels must have shape [] (class indices) or [2] (distributions) for logits of shape [2], got [2, 3]; labels come first, then logits",
  ],
  [
    "index labels as a column",
    () => loss([[0], [1]], logits),
    "labels must have shape [2] (class indices) or [2, 3] (distributions) for logits of shape [2, 3], got [2, 1]; for class indices drop the axis of length 1: shape [2]",
  ],
  ["options in a Map", () => loss(labels, logits, new Map()), "options must be an object, got a Map"],
  [
    "options to come",
    () => loss(labels, logits, Promise.resolve({ labelSmoothing: 0.1 })),
    "options must be an object, got a Promise",
  ],
  [
    "an ignoreIndex of NaN beside distributions",
    () => loss(oneHot, logits, { ignoreIndex: Number.NaN }),
    "ignoreIndex must be an integer, got NaN",
  ],
  [
    "a paddingIndex that is no class",
    () => loss(labels, logits, { paddingIndex: 3 }),
    "paddingIndex must be a class in [0, 3), got 3; for a mark that is no class use ignoreIndex",
  ],
  [
    "a paddingIndex as text beside distributions",
    () => loss(oneHot, logits, { paddingIndex: "1" }),
    'paddingIndex must be a class in [0, 3), got "1"; for a mark that is no class use ignoreIndex',
  ],
  [
    "a distribution with mass on the padding",
    () => loss(oneHot, logits, { paddingIndex: 1 }),
    "labels must be classes that paddingIndex permits, got class 1 at row 1",
  ],
  [
    "a uniformAxis that is not there",
    () => loss(labels, logits, { uniformAxis: 2 }),
    "uniformAxis must be an integer in [0, 2), got 2",
  ],
  [
    "a uniformAxis as text beside a prior",
    () => loss(labels, logits, { uniformAxis: "1", prior: [0.2, 0.3, 0.5] }),
    'uniformAxis must be an integer in [0, 2), got "1"',
  ],
  [
    "weights whose products overflow",
    () => loss(labels, logits, { weights: [1, 1e308], classWeights: [10, 10, 10], reduction: "sum" }),
    "weights × classWeights ÷ divisor must be a number that float64 can hold, got Infinity at row 1",
  ],
  [
    "a normalizer that overflows what it divides",
    () => loss(labels, logits, { normalizer: 5e-324 }),
    "weights × classWeights ÷ divisor must be a number that float64 can hold, got Infinity at row 0",
  ],
  [
    "more classes than an array can hold",
    () => smooth([0], { classes: 1e300 }),
    "labels must hold at most 4294967295 numbers, got shape [1, 1e+300]",
  ],
  [
    "more classes than an array can hold, in no rows",
    () => loss([], { data: [], shape: [0, 2 ** 53 - 1] }),
    "logits must hold at most 4294967295 numbers, got shape [0, 9007199254740991]",
  ],
  [
    "a hole in a shape",
    // biome-ignore lint/suspicious/noSparseArray: what is under test
    () => loss(labels, { data: [1, 2, 3, 4, 5, 6], shape: [2, , 3] }),
    "logits.shape must be an array of lengths, got an array of length 3",
  ],
  [
    "a view without elements from another realm",
    () => loss(runInNewContext("new DataView(new ArrayBuffer(8))"), logits),
    "labels must be a tensor { data, shape } or nested arrays, got a DataView",
  ],
];

describe("a wrong input is one clear sentence", () => {
  test.each(wrong)("%s", (_, call, message) => {
    expect(call).toThrow(new ArgumentError(message));
    expect(call).toThrow(ArgumentError);
  });
});

test("an option that is undefined is an option that is not there", () => {
  const absent = Object.fromEntries(
    ["labelSmoothing", "prior", "allowed", "weights", "axis", "reduction", "normalizer", "gradient"].map((key) => [
      key,
      undefined,
    ]),
  );
  expect(loss(labels, logits, absent)).toEqual(loss(labels, logits));
});

test("typed arrays of another realm are read as our own", () => {
  const BigInts = runInNewContext("BigInt64Array") as BigInt64ArrayConstructor;
  const Singles = runInNewContext("Float32Array") as Float32ArrayConstructor;
  const [y, z] = [new BigInts([0n, 1n]), { data: new Singles(logits.flat()), shape: [2, 3] }];
  expect(softmaxCrossEntropy(y, z, { labelSmoothing: 0.1 })).toEqual(
    softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1 }),
  );
  expect(softmaxCrossEntropy(0, new BigInts([2n, 1n, 0n])).loss).toBe(softmaxCrossEntropy(0, [2, 1, 0]).loss);
  expect(softmaxCrossEntropy(y, z, { gradient: true }).gradLogits.data).toBeInstanceOf(Float32Array);
});

test("a distribution may miss a sum of 1 by what five written decimals leave, and by no more", () => {
  expect(() => loss([0.3, 0.2, 0.500009], [2, 1, 0])).not.toThrow();
  expect(() => loss([0.3, 0.2, 0.500011], [2, 1, 0])).toThrow("labels must sum to 1 in every row");
});

test("no input crashes from inside: whatever comes in, an ArgumentError or a result comes out", () => {
  const values = [
    undefined,
    null,
    Number.NaN,
    -1,
    0,
    2,
    40,
    "",
    "a",
    true,
    3n,
    Symbol("s"),
    () => 0,
    {},
    Object.create(null),
    [],
    [[]],
    [1],
    [null],
    [[1], 2],
    new Date(0),
    new Map(),
    /x/,
    new Float32Array(2),
    new BigInt64Array(2),
    new DataView(new ArrayBuffer(8)),
    { data: [1, 2], shape: [2] },
    { data: null, shape: null },
    { data: [1], shape: "1" },
    { data: "12", shape: [2] },
    { data: [1, 2], shape: [1.5] },
    { data: new Float64Array(0), shape: [0, 3] },
    Promise.resolve(1),
    cyclic,
  ];
  const keys = [
    "labelSmoothing",
    "prior",
    "convention",
    "allowed",
    "ignoreIndex",
    "paddingIndex",
    "axis",
    "uniformAxis",
    "weights",
    "classWeights",
    "classWeighting",
    "reduction",
    "normalizer",
    "meanOver",
    "emptyMean",
    "subtractFloor",
    "gradient",
    "gradientInto",
    "classes",
    "labelKind",
  ];
  const calls = values.flatMap((value) => [
    ...[loss, sigmoid].flatMap((f) => [
      () => f(value, logits),
      () => f(labels, value),
      () => f(value, value),
      () => f(labels, logits, value),
      ...keys.map((key) => () => f(labels, logits, { [key]: value })),
      ...keys.map(
        (key) => () =>
          f(
            [
              [0, 1, 0],
              [1, 0, 0],
            ],
            logits,
            { [key]: value },
          ),
      ),
    ]),
    () => smooth(value),
    ...keys.flatMap((key) => [
      () => smooth(labels, { classes: 3, [key]: value }),
      () => smooth(value, { classes: 3, [key]: value }),
    ]),
  ]);
  let refused = 0;
  for (const call of calls) {
    try {
      call();
    } catch (error) {
      refused++;
      expect(error, String((error as Error).stack)).toBeInstanceOf(ArgumentError);
    }
  }
  expect(refused).toBeGreaterThan(calls.length / 2);
});

test("presets spread into the options of their loss", () => {
  const binary = ["keras", "tensorflowSigmoid", "tfjsSigmoid", "mmpretrainMultiLabel"];
  for (const [name, preset] of Object.entries(presets)) {
    const call = name.endsWith("Sigmoid") || name === "mmpretrainMultiLabel" ? sigmoid : loss;
    const y =
      call === sigmoid
        ? [
            [0, 1, 0],
            [1, 0, 0],
          ]
        : [1, 2];
    expect(() => call(y, logits, { ...preset, labelSmoothing: 0.1 }), name).not.toThrow();
  }
  for (const name of binary) expect(presets).toHaveProperty(name);
});
