import { describe, expect, it } from "vitest";
import { accuracyAgainst } from "../../src/attacks/accuracy-against.ts";
import { atStrength, type PgdConfig } from "../../src/attacks/attack-config.ts";
import type { DifferentiableModel } from "../../src/attacks/differentiable-model.ts";
import { attackInBatches } from "../../src/attacks/in-batches.ts";
import { predictedClass } from "../../src/attacks/judge-logits.ts";
import type { AttackProgress } from "../../src/attacks/pace.ts";
import { survives } from "../../src/attacks/survives.ts";
import { randomStream } from "../../src/data/random.ts";
import { correctRows, drawnWeights, tinyModel, uniform, type Weights } from "./support/tiny-models.ts";

const [size, classes, rows] = [6, 3, 80];
const weights = drawnWeights(size, classes, 14, "last");
/** A linear model of no opinion about the middle of the box, so that every class has its part of it. */
const centred = (weights: Weights): DifferentiableModel =>
  tinyModel({
    hidden: null,
    weights,
    bias: weights[0].map((_, k) => weights.reduce((sum, row) => sum - row[k] / 2, 0)),
  });
const model = centred(weights);
const inputs = uniform(rows * size, randomStream(14, "inputs"));
const labels = Int32Array.from({ length: rows }, (_, row) => predictedClass(model.logits(inputs), row, classes));
const config: PgdConfig = { kind: "pgd", epsilon: 0.2, norm: "inf", steps: 5, stepSize: 0.05, restarts: 1 };
const strengths = [0, 0.05, 0.1, 0.3];

describe("accuracy against an attack", () => {
  it("is the share of the survivors, strength by strength, the steps in proportion", async () => {
    const curve = await accuracyAgainst(model, inputs, labels, config, strengths, { seed: 1, batchSize: 32 });
    expect(curve.map(({ strength }) => strength)).toEqual(strengths);
    const scaled = { ...config, epsilon: 0.1, stepSize: 0.025 };
    expect(curve[2].survivors).toEqual(await survives(model, inputs, labels, scaled, { seed: 1, batchSize: 32 }));
    for (const { survivors, accuracy } of curve) {
      expect(accuracy).toBe([...survivors].filter((survivor) => survivor === 1).length / rows);
    }
    expect(curve[0].accuracy).toBe(1);
  });

  it("falls with the strength on a linear model, whose gradients hide nothing", async () => {
    const curve = await accuracyAgainst(model, inputs, labels, config, strengths, { seed: 1, batchSize: 32 });
    for (let i = 1; i < curve.length; i++) expect(curve[i].accuracy).toBeLessThan(curve[i - 1].accuracy);
  });

  it("tells progress over all strengths", async () => {
    const told: AttackProgress[] = [];
    const onProgress = (progress: AttackProgress): void => void told.push(progress);
    await accuracyAgainst(model, inputs, labels, config, strengths, { seed: 1, batchSize: 32, onProgress });
    for (const [i, { done, total }] of told.entries()) {
      expect(total).toBe(strengths.length);
      expect(done).toBeGreaterThanOrEqual(told[i - 1]?.done ?? 0);
    }
    expect(told.at(-1)?.done).toBe(strengths.length);
  });

  it("needs a strength", async () => {
    const none = accuracyAgainst(model, inputs, labels, config, [], { seed: 1, batchSize: 32 });
    await expect(none).rejects.toThrow("strengths must have one number at least, got none");
  });
});

describe("the last points of an attack's strongest runs", () => {
  it("leave right every row that survives, and rows that only points on the way got wrong", async () => {
    const running = { seed: 2, batchSize: 32 };
    const twice = { ...config, restarts: 2 };
    const whiteBox = await accuracyAgainst(model, inputs, labels, twice, strengths, running);
    for (const [i, strength] of strengths.entries()) {
      const attacked = await attackInBatches(model, inputs, labels, atStrength(twice, strength), running);
      for (const [row, right] of correctRows(model, attacked, labels).entries()) {
        expect(right).toBeGreaterThanOrEqual(whiteBox[i].survivors[row]);
      }
    }
  });
});
