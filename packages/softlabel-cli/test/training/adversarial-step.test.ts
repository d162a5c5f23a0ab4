import { softmaxCrossEntropy } from "softlabel";
import { beforeAll, describe, expect, it } from "vitest";
import { createModel, type Model } from "../../src/models/parameters.ts";
import { differentiableModel } from "../../src/training/differentiable-model.ts";
import type { Optimizer } from "../../src/training/optimizer.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { type AdversarialHalf, type Batch, trainStep } from "../../src/training/step.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, values } from "./support/backends.ts";
import { crossEntropyInFloat64, logitsInFloat64 } from "./support/float64-model.ts";

beforeAll(startTensorFlow);

const { random, between } = cases(31);
// The smallest that the convolutions of cleverhans leave a pixel of, and not square.
const image = { height: 27, width: 28, channels: 1, classes: 4 };
const size = image.height * image.width;
const smoothing = { labelSmoothing: 0.1 };

function someBatch(rows: number): Batch {
  const { data } = values([rows, size], random);
  return { images: data.map(Math.abs), labels: Int32Array.from({ length: rows }, () => between(0, 3)) };
}

/** The gradients that a step hands to its optimizer, and its loss; the model stays as it is. */
function gradientsOf(model: Model, batch: Batch, adversary: AdversarialHalf | null): Float32Array[] {
  const caught: Float32Array[] = [];
  const spy: Optimizer = {
    steps: 0,
    state: [],
    step: (_, gradients) => caught.push(...gradients.map((g) => g.slice())),
  };
  trainStep(model, spy, batch, smoothing, adversary);
  return caught;
}

const largest = (values: Float32Array): number => values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
const darker: AdversarialHalf["perturb"] = (_, images) => images.map((x, i) => x * (0.5 + 0.4 * Math.sin(i)));

describe("the gradient for the input", () => {
  const model = createModel("cleverhans", image, 3);
  const { images } = someBatch(3);
  const labels = Int32Array.of(2, 0, 3);

  it("is each row's own cross-entropy's, by central differences in float64", () => {
    const { gradient } = differentiableModel(model).inputGradient(images, labels);
    const scale = largest(gradient);
    for (let row = 0; row < 3; row++) {
      for (let n = 0; n < 6; n++) {
        const at = between(0, size - 1);
        const moved = (by: number): number => {
          const pixels = Float64Array.from(images.subarray(row * size, (row + 1) * size));
          pixels[at] += by;
          return crossEntropyInFloat64(logitsInFloat64(model, pixels), labels[row]);
        };
        const expected = (moved(1e-6) - moved(-1e-6)) / 2e-6;
        // float32 through four layers of up to 3,200 terms.
        expect(Math.abs(gradient[row * size + at] - expected)).toBeLessThan(1e-5 * scale);
      }
    }
  });

  it("comes with the logits, and on predicted labels is that on each row's largest", () => {
    const attacked = differentiableModel(model);
    const logits = attacked.logits(images);
    for (let row = 0; row < 3; row++) {
      const expected = logitsInFloat64(model, images.subarray(row * size, (row + 1) * size));
      expected.forEach((z, k) => void expect(Math.abs(logits[4 * row + k] - z)).toBeLessThan(1e-5));
    }
    const predicted = Int32Array.from([0, 1, 2], (row) => {
      const z = logits.subarray(4 * row, 4 * row + 4);
      return z.indexOf(Math.max(...z));
    });
    expect(attacked.inputGradient(images, "predicted")).toEqual({
      ...attacked.inputGradient(images, predicted),
      logits,
    });
  });

  it("takes the first among equal logits", () => {
    const flat = createModel("softmax", { height: 1, width: 2, channels: 1, classes: 3 }, 1);
    flat.parameters[0].values.set([1, 2, 2, 0, 1, 1]);
    const attacked = differentiableModel(flat);
    const pixels = Float32Array.of(1, 0.5);
    expect(attacked.inputGradient(pixels, "predicted")).toEqual(attacked.inputGradient(pixels, Int32Array.of(1)));
  });

  it("is not averaged over rows, and leaves no tensor behind", () => {
    const attacked = differentiableModel(model);
    const before = tf.memory().numTensors;
    const { gradient } = attacked.inputGradient(images, labels);
    const alone = attacked.inputGradient(images.slice(size, 2 * size), labels.slice(1, 2)).gradient;
    const scale = largest(alone);
    // Products of other heights may sum in another order.
    alone.forEach((g, i) => void expect(Math.abs(gradient[size + i] - g)).toBeLessThan(1e-6 * scale));
    expect(tf.memory().numTensors).toBe(before);
  });
});

describe("an adversarial step", () => {
  const model = createModel("cleverhans", image, 4);
  const batch = someBatch(2);

  it("hands on the gradients of (1 − c)·loss(x) + c·loss(x + δ) for a fixed δ, by central differences in float64", () => {
    const coefficient = 0.3;
    const gradients = gradientsOf(model, batch, { coefficient, perturb: darker });
    const attacked = darker(differentiableModel(model), batch.images);
    const lossOf = (pixels: Float32Array): number => {
      const rows = [0, 1].map((row) => logitsInFloat64(model, pixels.subarray(row * size, (row + 1) * size)));
      const data = Float64Array.from(rows.flatMap((z) => [...z]));
      return softmaxCrossEntropy(batch.labels, { data, shape: [2, 4] }, smoothing).loss;
    };
    for (const [p, { values: weights }] of model.parameters.entries()) {
      const scale = largest(gradients[p]);
      for (let n = 0; n < 2; n++) {
        const at = between(0, weights.length - 1);
        const kept = weights[at];
        // Steps that float32 holds exactly, so small that few kinks of ReLU lie between.
        const moved = (by: number): { at: number; loss: number } => {
          weights[at] = kept + by;
          const loss = (1 - coefficient) * lossOf(batch.images) + coefficient * lossOf(attacked);
          return { at: weights[at], loss };
        };
        const [up, down] = [moved(1e-5), moved(-1e-5)];
        weights[at] = kept;
        const expected = (up.loss - down.loss) / (up.at - down.at);
        expect(Math.abs(gradients[p][at] - expected)).toBeLessThan(1e-4 * scale);
      }
    }
  });

  it("whose half weighs nothing is the plain step, bit for bit", () => {
    const never = (): never => expect.fail("the attack was run");
    expectSameBits(gradientsOf(model, batch, { coefficient: 0, perturb: never }), gradientsOf(model, batch, null));
  });

  it("whose half weighs all is the plain step on the attacked images, bit for bit", () => {
    const attacked = { ...batch, images: darker(differentiableModel(model), batch.images) };
    expectSameBits(gradientsOf(model, batch, { coefficient: 1, perturb: darker }), gradientsOf(model, attacked, null));
  });

  it("reports both halves' losses averaged alike", () => {
    const still: Optimizer = { steps: 0, state: [], step: () => {} };
    const attacked = { ...batch, images: darker(differentiableModel(model), batch.images) };
    const [clean, adversarial, both] = [
      trainStep(model, still, batch, smoothing),
      trainStep(model, still, attacked, smoothing),
      trainStep(model, still, batch, smoothing, { coefficient: 0.25, perturb: darker }),
    ];
    for (const part of ["loss", "floor", "crossEntropy"] as const) {
      expect(both[part]).toBeCloseTo(0.75 * clean[part] + 0.25 * adversarial[part], 12);
    }
  });

  it("gives the attack the model as it stands", () => {
    const expected = differentiableModel(model).inputGradient(batch.images, "predicted");
    const perturb: AdversarialHalf["perturb"] = (victim, images) => {
      expect({ classes: victim.classes, inputSize: victim.inputSize }).toEqual({ classes: 4, inputSize: size });
      expect(victim.logits(images)).toEqual(expected.logits);
      expect(victim.inputGradient(images, "predicted")).toEqual(expected);
      return images;
    };
    expect.assertions(3);
    gradientsOf(model, batch, { coefficient: 0.5, perturb });
  });
});

function expectSameBits(actual: readonly Float32Array[], expected: readonly Float32Array[]): void {
  const bits = (arrays: readonly Float32Array[]): Buffer[] => arrays.map((array) => Buffer.from(array.buffer));
  expect(actual).toHaveLength(expected.length);
  for (const [i, wanted] of bits(expected).entries()) expect(bits(actual)[i].equals(wanted)).toBe(true);
}
