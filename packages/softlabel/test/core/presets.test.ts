import { spawnSync } from "node:child_process";
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import {
  presets,
  type SoftmaxCrossEntropyOptions,
  sigmoidCrossEntropy,
  smoothLabels,
  softmaxCrossEntropy,
} from "softlabel";
import { beforeAll, describe, expect, test } from "vitest";
import { missingParts, pythonWith } from "../../../../test/optional-parts/optional-parts.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { randomCall, randomStream } from "./random-call.ts";

const SAME = { rtol: 1e-13, atol: 1e-14 };
const [ROWS, CLASSES, EPSILON] = [6, 5, 0.1];
const random = randomStream(20);
const call = randomCall(random, ROWS, CLASSES);
const z = Array.from({ length: ROWS }, (_, i) => Array.from(call.logits.data.subarray(i * CLASSES, (i + 1) * CLASSES)));
const y = Array.from(call.indices.data);

/** log p of each row, written down once more. */
const logP = z.map((row) => {
  const top = Math.max(...row);
  const lse = top + Math.log(row.reduce((sum, value) => sum + Math.exp(value - top), 0));
  return row.map((value) => value - lse);
});
const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);
const nll = y.map((label, i) => -logP[i][label]);
const smoothSum = logP.map((row) => -sum(row));
const loss = (options: SoftmaxCrossEntropyOptions): number | Float64Array =>
  softmaxCrossEntropy(call.indices, call.logits, { labelSmoothing: EPSILON, ...options }).loss;

describe("each library's own formula", () => {
  test("fairseq: (1 − ε − ε/(K − 1))·nll + ε/(K − 1)·Σ(−log p), summed", () => {
    const share = EPSILON / (CLASSES - 1);
    expectAllClose(
      [loss(presets.fairseq) as number],
      [(1 - EPSILON - share) * sum(nll) + share * sum(smoothSum)],
      SAME,
    );
  });

  test("Megatron-LM: ε·K/(K − 1) on the mean of log p, per token", () => {
    const smoothing = (EPSILON * CLASSES) / (CLASSES - 1);
    const expected = nll.map((hard, i) => (1 - smoothing) * hard + smoothing * (smoothSum[i] / CLASSES));
    expectAllClose(loss(presets.megatron) as Float64Array, expected, SAME);
  });

  test("tensor2tensor: minus −((1 − ε)·log(1 − ε) + (K − 1)·low·log low); t5x sums it", () => {
    const low = EPSILON / (CLASSES - 1);
    const floor = -((1 - EPSILON) * Math.log(1 - EPSILON) + (CLASSES - 1) * low * Math.log(low));
    const each = nll.map((hard, i) => (1 - EPSILON) * hard + low * (smoothSum[i] - hard) - floor);
    expectAllClose([loss(presets.tensor2tensor) as number], [sum(each) / ROWS], SAME);
    expectAllClose([loss(presets.t5x) as number], [sum(each)], SAME);
  });

  test("annotated transformer and OpenNMT: KL to ε/(K − 2) beside the padding column, padding rows out, summed", () => {
    for (const preset of [presets.annotatedTransformer, presets.opennmt]) {
      const padding = preset.paddingIndex;
      const share = EPSILON / (CLASSES - 2);
      const kl = y.map((label, i) => {
        if (label === padding) return 0;
        const target = logP[i].map((_, k) => (k === padding ? 0 : k === label ? 1 - EPSILON : share));
        return sum(target.map((q, k) => (q === 0 ? 0 : q * (Math.log(q) - logP[i][k]))));
      });
      expect(y).toContain(padding);
      expectAllClose([loss(preset) as number], [sum(kl)], SAME);
    }
  });

  test("Hugging Face: (1 − ε)·Σnll/n + ε·Σ(−log p)/(n·K) over the rows that are not −100", () => {
    const labels = y.map((label, i) => (i === 2 ? -100 : label));
    const kept = [0, 1, 3, 4, 5];
    const hard = sum(kept.map((i) => nll[i])) / kept.length;
    const smooth = sum(kept.map((i) => smoothSum[i])) / (kept.length * CLASSES);
    const actual = softmaxCrossEntropy(labels, call.logits, { ...presets.huggingface, labelSmoothing: EPSILON }).loss;
    expectClose(actual, (1 - EPSILON) * hard + EPSILON * smooth, SAME);
    expect(softmaxCrossEntropy([-100], [z[0]], { ...presets.huggingface, labelSmoothing: EPSILON }).loss).toBeNaN();
  });

  test("timm: (1 − ε)·nll + ε·mean(−log p), the mean over rows", () => {
    const expected = nll.map((hard, i) => (1 - EPSILON) * hard + EPSILON * (smoothSum[i] / CLASSES));
    expectAllClose([loss(presets.timm) as number], [sum(expected) / ROWS], SAME);
  });

  test("MLX: lse − (1 − ε)·z[label] − ε·mean(z), one per row", () => {
    const expected = z.map(
      (row, i) => row[0] - logP[i][0] - (1 - EPSILON) * row[y[i]] - EPSILON * (sum(row) / CLASSES),
    );
    expectAllClose(loss(presets.mlx) as Float64Array, expected, SAME);
    const weights = [1, 0, 2, 3, 1, 1];
    const mean = loss({ ...presets.mlx, reduction: "mean", weights }) as number;
    expectAllClose([mean], [sum(expected.map((value, i) => weights[i] * value)) / ROWS], SAME);
  });

  test("ClassyVision: targets (onehot + ε/K)/(1 + ε)", () => {
    const each = nll.map((hard, i) => (hard + (EPSILON / CLASSES) * smoothSum[i]) / (1 + EPSILON));
    expectAllClose([loss(presets.classyVision) as number], [sum(each) / ROWS], SAME);
  });

  test("cleverhans: the one-hot label clipped to [ε/(K − 1), 1 − ε]", () => {
    const clip = (q: number): number => Math.min(Math.max(q, EPSILON / (CLASSES - 1)), 1 - EPSILON);
    const each = y.map((label, i) => sum(logP[i].map((log, k) => -clip(k === label ? 1 : 0) * log)));
    expectAllClose([loss(presets.cleverhans) as number], [sum(each) / ROWS], SAME);
  });

  test("mmpretrain's multi_label: 1 − ε where the label is on, ε where it is off", () => {
    const labels = smoothLabels(call.indices, { classes: CLASSES });
    const each = z.flatMap((row, i) =>
      row.map((value, k) => {
        const target = k === y[i] ? 1 - EPSILON : EPSILON;
        return Math.max(value, 0) - value * target + Math.log1p(Math.exp(-Math.abs(value)));
      }),
    );
    const options = { ...presets.mmpretrainMultiLabel, labelSmoothing: EPSILON };
    expectClose(sigmoidCrossEntropy(labels, call.logits, options).loss, sum(each) / each.length, SAME);
  });

  test("Keras: sample weights multiply, the mean is over the batch", () => {
    const weights = [1, 0, 2, 0.5, 0, 3];
    const each = nll.map((hard, i) => weights[i] * ((1 - EPSILON) * hard + EPSILON * (smoothSum[i] / CLASSES)));
    expectAllClose([loss({ ...presets.keras, weights }) as number], [sum(each) / ROWS], SAME);
  });
});

// Their float32 against our float64: 1e-5 of the loss.
const FLOAT32 = { rtol: 1e-5, atol: 1e-6 };

describe("TensorFlow.js itself", () => {
  beforeAll(() => tf.setBackend("cpu"));

  const reductions = [
    ["sum-by-nonzero-weights", tf.Reduction.SUM_BY_NONZERO_WEIGHTS],
    ["mean", tf.Reduction.MEAN],
    ["sum", tf.Reduction.SUM],
    ["none", tf.Reduction.NONE],
  ] as const;

  test.each(reductions)("softmaxCrossEntropy, weighted, %s", (reduction, theirs) => {
    const weights = [1, 0, 2, 0.5, 0, 3];
    const oneHot = tf.cast(tf.oneHot(tf.tensor1d(y, "int32"), CLASSES), "float32");
    const expected = tf.losses.softmaxCrossEntropy(oneHot, tf.tensor2d(z), tf.tensor1d(weights), EPSILON, theirs);
    const actual = loss({ ...presets.tfjs, reduction, weights });
    expectAllClose(typeof actual === "number" ? [actual] : actual, expected.dataSync(), FLOAT32);
  });

  test.each(reductions)("weights that are all 0, %s", (reduction, theirs) => {
    const [labels, logits, none] = [tf.tensor2d([[1, 0]]), tf.tensor2d([[2, 1]]), tf.zeros([1, 1])];
    const options = { reduction, weights: 0, labelSmoothing: EPSILON };
    for (const [expected, { loss: actual }] of [
      [
        tf.losses.softmaxCrossEntropy(labels, logits, tf.zeros([1]), EPSILON, theirs),
        softmaxCrossEntropy([[1, 0]], [[2, 1]], { ...presets.tfjs, ...options }),
      ],
      [
        tf.losses.sigmoidCrossEntropy(labels, logits, none, EPSILON, theirs),
        sigmoidCrossEntropy([[1, 0]], [[2, 1]], { ...presets.tfjsSigmoid, ...options }),
      ],
    ] as const) {
      expectAllClose(typeof actual === "number" ? [actual] : actual, expected.dataSync(), FLOAT32);
    }
  });

  test("softmaxCrossEntropy at rank 3 takes K from axis 1", () => {
    const shape: [number, number, number] = [2, 3, CLASSES];
    const oneHot = smoothLabels({ data: y, shape: [2, 3] }, { classes: CLASSES });
    const labels = tf.tensor3d(Float32Array.from(oneHot.data), shape);
    const logits = tf.tensor3d(Float32Array.from(call.logits.data), shape);
    const expected = tf.losses.softmaxCrossEntropy(labels, logits, undefined, EPSILON).dataSync();
    const ours = { data: call.logits.data, shape };
    const quirk = softmaxCrossEntropy(oneHot, ours, { ...presets.tfjs, labelSmoothing: EPSILON }).loss;
    expectAllClose([quirk], expected, FLOAT32);
    const right = softmaxCrossEntropy(oneHot, ours, { labelSmoothing: EPSILON }).loss;
    expect(Math.abs(right - expected[0])).toBeGreaterThan(0.01);
  });

  test.each(reductions)("sigmoidCrossEntropy, weighted, %s", (reduction, theirs) => {
    const labels = smoothLabels(call.indices, { classes: CLASSES });
    const weights = [[1, 0, 2, 0.5, 3]];
    const expected = tf.losses.sigmoidCrossEntropy(
      tf.tensor2d(Float32Array.from(labels.data), [ROWS, CLASSES]),
      tf.tensor2d(z),
      tf.tensor2d(weights),
      EPSILON,
      theirs,
    );
    const actual = sigmoidCrossEntropy(labels, call.logits, {
      ...presets.tfjsSigmoid,
      labelSmoothing: EPSILON,
      reduction,
      weights,
    }).loss;
    expectAllClose(typeof actual === "number" ? [actual] : actual, expected.dataSync(), FLOAT32);
  });
});

test.skipIf(missingParts("[needs torch]")?.length)(
  "PyTorch itself: indices and probabilities, class weights, ignored rows, every reduction, losses and gradients [needs torch]",
  () => {
    const probabilities = Array.from({ length: ROWS }, (_, i) =>
      Array.from(call.distributions.data.subarray(i * CLASSES, (i + 1) * CLASSES)),
    );
    const ignoring = y.map((label, i) => (i === 1 ? -100 : label));
    const classWeights = Array.from({ length: CLASSES }, () => 0.25 + random());
    const cases = [y, ignoring, probabilities].flatMap((target) =>
      [0, 0.1, 0.5, 1].flatMap((labelSmoothing) =>
        (["mean", "sum", "none"] as const).flatMap((reduction) =>
          [null, classWeights].map((weight) => ({ target, labelSmoothing, reduction, weight })),
        ),
      ),
    );
    const script = `
import json, sys, torch
given = json.load(sys.stdin)
out = []
for c in given["cases"]:
    z = torch.tensor(given["logits"], dtype=torch.float64, requires_grad=True)
    soft = isinstance(c["target"][0], list)
    t = torch.tensor(c["target"], dtype=torch.float64 if soft else torch.long)
    w = None if c["weight"] is None else torch.tensor(c["weight"], dtype=torch.float64)
    loss = torch.nn.functional.cross_entropy(z, t, weight=w, reduction=c["reduction"], label_smoothing=c["labelSmoothing"])
    loss.sum().backward()
    out.append({"loss": loss.reshape(-1).tolist(), "gradient": z.grad.reshape(-1).tolist()})
print(json.dumps(out))`;
    const python = pythonWith("torch") as string;
    const { stdout, stderr } = spawnSync(python, ["-c", script], {
      input: JSON.stringify({ logits: z, cases }),
      encoding: "utf8",
    });
    const theirs = JSON.parse(stdout || `"${stderr}"`) as { loss: number[]; gradient: number[] }[];
    expect(theirs).toHaveLength(72);
    cases.forEach(({ target, labelSmoothing, reduction, weight }, i) => {
      const options = {
        ...presets.pytorch,
        labelSmoothing,
        reduction,
        classWeights: weight ?? undefined,
        gradient: true,
      } as const;
      const ours = softmaxCrossEntropy(target, z, options);
      const context = JSON.stringify({
        labelSmoothing,
        reduction,
        soft: Array.isArray(target[0]),
        weighted: weight !== null,
      });
      expectAllClose(typeof ours.loss === "number" ? [ours.loss] : ours.loss, theirs[i].loss, SAME, context);
      expectAllClose(ours.gradLogits.data, theirs[i].gradient, SAME, context);
    });
  },
);
