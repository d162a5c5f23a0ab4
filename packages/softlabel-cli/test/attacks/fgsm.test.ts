import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fgsm } from "../../src/attacks/fgsm.ts";
import { crossEntropyOfRow } from "../../src/attacks/judge-logits.ts";
import { randomStream } from "../../src/data/random.ts";
import { drawnWeights, tinyModel, toldModel, uniform, type Weights } from "./support/tiny-models.ts";

const size = 5;
const rows = 40;

/** What moves the margin z[1] − z[0] of a linear model with two classes. */
function marginWeights(weights: Weights): number[] {
  return weights.map(([toFirst, toSecond]) => toSecond - toFirst);
}

function losses(model: ReturnType<typeof tinyModel>, inputs: Float32Array, labels: Int32Array): number[] {
  const logits = model.logits(inputs);
  return [...labels].map((label, row) => crossEntropyOfRow(logits, row, model.classes, label));
}

/** log(1 + exp m): the loss of label 0 at the margin m. */
function softplus(margin: number): number {
  return Math.max(margin, 0) + Math.log1p(Math.exp(-Math.abs(margin)));
}

describe("FGSM on a linear model with two classes", () => {
  const weights = drawnWeights(size, 2, 5, "last", 2);
  const model = tinyModel({ hidden: null, weights, bias: [0.3, -0.4] });
  const w = marginWeights(weights);
  const inputs = uniform(rows * size, randomStream(5, "inputs"));
  const labels = Int32Array.from({ length: rows }, (_, row) => row % 2);
  const margin = (row: number): number => w.reduce((sum, wi, i) => sum + wi * inputs[row * size + i], -0.7);

  // Logits are float32 numbers of up to 16, known to 5e-7 each.
  const digits = 5;

  it("reaches the greatest loss in the ball: the margin moves by ε·‖w‖₁, and by ε·‖w‖₂ in the Euclidean ball", () => {
    const lengths = { inf: w.reduce((sum, wi) => sum + Math.abs(wi), 0), 2: Math.hypot(...w) };
    for (const norm of ["inf", 2] as const) {
      for (const epsilon of [0.01, 0.3, 2.5]) {
        const attacked = losses(model, fgsm(model, inputs, { epsilon, norm, box: null, labels }), labels);
        for (const [row, label] of labels.entries()) {
          const against = label === 0 ? margin(row) : -margin(row);
          expect(attacked[row]).toBeCloseTo(softplus(against + epsilon * lengths[norm]), digits);
        }
      }
    }
  });

  it("reaches the greatest loss in ball and box, coordinate by coordinate", () => {
    const epsilon = 0.4;
    const attacked = losses(model, fgsm(model, inputs, { epsilon, labels }), labels);
    for (const [row, label] of labels.entries()) {
      const sign = label === 0 ? 1 : -1;
      const best = w.reduce((sum, wi, i) => {
        const x = inputs[row * size + i];
        return sum + Math.max(sign * wi * Math.max(0, x - epsilon), sign * wi * Math.min(1, x + epsilon));
      }, sign * -0.7);
      expect(attacked[row]).toBeCloseTo(softplus(best), digits);
    }
  });

  it("leads away from what the model predicts when it is told no labels", () => {
    const predicted = Int32Array.from({ length: rows }, (_, row) => (margin(row) > 0 ? 1 : 0));
    expect(new Set(predicted).size).toBe(2);
    expect(fgsm(model, inputs, { epsilon: 0.2 })).toEqual(fgsm(model, inputs, { epsilon: 0.2, labels: predicted }));
    expect(fgsm(model, inputs, { epsilon: 0.2 })).not.toEqual(fgsm(model, inputs, { epsilon: 0.2, labels }));
  });
});

describe("FGSM on linear models", () => {
  it("never lets the loss fall on the way, however many classes, in both norms, with and without a box", () => {
    const shapes = fc.record({
      classes: fc.integer({ min: 2, max: 6 }),
      inputSize: fc.integer({ min: 1, max: 9 }),
      seed: fc.nat(),
      epsilon: fc.double({ min: 0.001, max: 1, noNaN: true }),
      norm: fc.constantFrom("inf" as const, 2 as const),
      boxed: fc.boolean(),
    });
    fc.assert(
      fc.property(shapes, ({ classes, inputSize, seed, epsilon, norm, boxed }) => {
        const model = tinyModel({ hidden: null, weights: drawnWeights(inputSize, classes, seed, "last", 3) });
        const random = randomStream(seed, "inputs");
        const inputs = uniform(3 * inputSize, random);
        const labels = Int32Array.from({ length: 3 }, () => Math.floor(random() * classes));
        const attacked = fgsm(model, inputs, { epsilon, norm, labels, ...(boxed ? {} : { box: null }) });
        let before = losses(model, inputs, labels);
        for (let part = 1; part <= 5; part++) {
          const point = inputs.map((x, i) => x + (part / 5) * (attacked[i] - x));
          const now = losses(model, point, labels);
          // float32 logits of at most 27 are known to 1e-6 each.
          for (const [row, loss] of now.entries()) expect(loss).toBeGreaterThanOrEqual(before[row] - 1e-5);
          before = now;
        }
      }),
      { numRuns: 200 },
    );
  });

  it("towards a target lowers the target's loss in every row", () => {
    const model = tinyModel({ hidden: null, weights: drawnWeights(size, 4, 6, "last") });
    const inputs = uniform(rows * size, randomStream(6, "inputs"), 0.2, 0.8);
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 4);
    const before = losses(model, inputs, labels);
    for (const norm of ["inf", 2] as const) {
      // A step short enough for the slope to decide.
      const after = losses(model, fgsm(model, inputs, { epsilon: 0.01, norm, labels, targeted: true }), labels);
      for (const [row, loss] of after.entries()) expect(loss).toBeLessThan(before[row]);
    }
  });
});

describe("FGSM", () => {
  const model = tinyModel({ hidden: null, weights: drawnWeights(size, 3, 7, "last") });
  const inputs = uniform(rows * size, randomStream(7, "inputs"));

  it("with ε = 0 gives the inputs back, bit for bit, in an array of its own", () => {
    const edges = Float32Array.of(0, -0, 1, 2 ** -149, 0.1);
    const attacked = fgsm(model, edges, { epsilon: 0 });
    expect(new Int32Array(attacked.buffer)).toEqual(new Int32Array(edges.buffer));
    expect(attacked).not.toBe(edges);
  });

  it("moves nothing where the gradient is 0: a coordinate for the largest change, a row for the Euclidean length", () => {
    const told = toldModel(2, [0, 3, 0, 0], 2);
    const points = Float32Array.of(0.2, 0.4, 0.6, 0.8);
    const moved = Math.fround(0.4) + 0.25;
    expect([...fgsm(told, points, { epsilon: 0.25 })]).toEqual([
      Math.fround(0.2),
      Math.fround(moved),
      Math.fround(0.6),
      Math.fround(0.8),
    ]);
    expect([...fgsm(told, points, { epsilon: 0.25, norm: 2 })].slice(2)).toEqual([Math.fround(0.6), Math.fround(0.8)]);
  });

  it("takes a gradient's direction however small or large its numbers are", () => {
    for (const scale of [2 ** -140, 1, 2 ** 120]) {
      const told = toldModel(2, [3 * scale, -4 * scale], 2);
      const attacked = fgsm(told, Float32Array.of(0, 0), { epsilon: 0.5, norm: 2, box: null });
      expect(attacked[0]).toBeCloseTo(0.3, 6);
      expect(attacked[1]).toBeCloseTo(-0.4, 6);
    }
  });

  it("changes neither its inputs nor its labels", () => {
    const labels = Int32Array.from({ length: rows }, (_, row) => row % 3);
    const [sameInputs, sameLabels] = [inputs.slice(), labels.slice()];
    fgsm(model, inputs, { epsilon: 0.3, labels });
    expect(inputs).toEqual(sameInputs);
    expect(labels).toEqual(sameLabels);
  });
});
