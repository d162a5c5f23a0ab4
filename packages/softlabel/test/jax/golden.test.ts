import { readFileSync } from "node:fs";
import { presets, type TensorLike } from "softlabel";
import { type SoftmaxCrossEntropyOptions, sigmoidCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";
import { expectAllClose } from "../expect-all-close.ts";
import { asArray, asFloats, jaxLoss } from "./support/jax-loss.ts";

interface Case {
  readonly id: string;
  readonly inputs: Record<string, never>;
  readonly expected: number | readonly number[];
  readonly tolerance: number;
  readonly source: string;
}

const fixture = new URL("../fixtures/loss.json", import.meta.url);
const { cases } = JSON.parse(readFileSync(fixture, "utf8")) as { cases: Case[] };

/** The published losses whose inputs are what this adapter takes: labels, logits and options. */
const options: Record<string, (inputs: Record<string, never>) => SoftmaxCrossEntropyOptions> = {
  "tfjs-softmax-weighted-mean-nosmooth": ({ weights }) => ({ ...presets.tfjs, reduction: "mean", weights }),
  "tfjs-softmax-none-weighted-nosmooth": ({ weights }) => ({ ...presets.tfjs, reduction: "none", weights }),
  "keras-cce-ls": ({ eps }) => ({ ...presets.keras, labelSmoothing: eps }),
  "tfjava-metric-cce-ls-mean": ({ eps }) => ({ labelSmoothing: eps }),
  "mlx-ce-ls-probs": ({ eps }) => ({ ...presets.mlx, labelSmoothing: eps }),
  "mmpretrain-classy_vision": ({ eps }) => ({ ...presets.classyVision, labelSmoothing: eps }),
  "mmpretrain-mixup-linearity": ({ eps }) => ({ labelSmoothing: eps }),
  "flux-logitce-ls": ({ eps }) => ({ labelSmoothing: eps }),
  "pytorch-72056-ignore-weight-ls": ({ class_weight, ignore_index, eps }) => ({
    ...presets.pytorch,
    labelSmoothing: eps,
    classWeights: class_weight,
    ignoreIndex: ignore_index,
  }),
  "deepbox-ce-ls": ({ eps }) => ({ labelSmoothing: eps }),
  "deepbox-ce-weight-ignore-ls-none": ({ class_weight, eps }) => ({
    ...presets.pytorch,
    reduction: "none",
    classWeights: class_weight,
    labelSmoothing: eps,
  }),
  "deepbox-ce-soft-ls": ({ eps }) => ({ labelSmoothing: eps }),
  "blog-eps-0.001": ({ eps }) => ({ labelSmoothing: eps }),
};

const sigmoidPresets: Record<string, object> = {
  "tfjs-sigmoid-ls-weighted-mean": { ...presets.tfjsSigmoid, reduction: "mean" },
  "keras-bce-ls": presets.keras,
};

const flat = (value: number | ArrayLike<number>): number[] => (typeof value === "number" ? [value] : Array.from(value));

/** What float32 and jax-js' elementary functions leave, beside what the source's own digits do. */
const within = (tolerance: number) => ({ rtol: 1e-6, atol: tolerance + 1e-6 });

describe("other libraries' published values", () => {
  for (const { id, inputs, expected, tolerance, source } of cases.filter((one) => one.id in options)) {
    test(`${id}: ${source}`, () => {
      const { labels, targets = labels, logits } = inputs as Record<string, TensorLike>;
      const { loss } = jaxLoss(targets, logits, options[id](inputs));
      const values = flat(loss);
      const published = flat(expected);
      expectAllClose(values, published.length === 1 ? values.map(() => published[0]) : published, within(tolerance));
    });
  }

  for (const { id, inputs, expected, tolerance, source } of cases.filter(({ id }) => id in sigmoidPresets)) {
    test(`${id}: ${source}`, () => {
      const { labels, logits, weights, eps } = inputs;
      const given = { ...sigmoidPresets[id], weights, labelSmoothing: eps };
      const loss = sigmoidCrossEntropy(asArray(labels), asFloats(logits), given);
      expectAllClose(loss.dataSync(), flat(expected), within(tolerance));
    });
  }

  test("all of these cases are there", () => {
    const ids = cases.map(({ id }) => id);
    const wanted = [...Object.keys(options), ...Object.keys(sigmoidPresets)];
    expect(wanted.filter((id) => !ids.includes(id))).toEqual([]);
  });
});
