import { ArgumentError } from "softlabel";
import { describe, expect, it } from "vitest";
import { attack } from "../../src/attacks/attack.ts";
import { type AttackConfig, atStrength, requireAttackConfig } from "../../src/attacks/attack-config.ts";
import type { DifferentiableModel } from "../../src/attacks/differentiable-model.ts";
import { type AttackOptions, fgsm } from "../../src/attacks/fgsm.ts";
import { attackInBatches } from "../../src/attacks/in-batches.ts";
import { type PgdOptions, pgd } from "../../src/attacks/pgd.ts";
import { survives } from "../../src/attacks/survives.ts";
import { randomStream } from "../../src/data/random.ts";
import { drawnWeights, tinyModel } from "./support/tiny-models.ts";

const model = tinyModel({ hidden: null, weights: drawnWeights(4, 3, 17, "last") });
const inputs = Float32Array.of(0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8);
const labels = Int32Array.of(0, 2);
const random = randomStream(17, "starts");
const pgdOptions: PgdOptions = { epsilon: 0.1, steps: 2, stepSize: 0.05, restarts: 1, randomStart: true, random };
const slow: AttackConfig = { kind: "pgd", epsilon: 0.1, norm: "inf", steps: 2, stepSize: 0.05, restarts: 1 };

const refusal = (work: () => unknown): string => {
  try {
    work();
  } catch (error) {
    expect(error).toBeInstanceOf(ArgumentError);
    return (error as Error).message;
  }
  return "nothing was refused";
};

describe("an attack refuses", () => {
  it.each<[string, Partial<AttackOptions>, string]>([
    ["a negative ε", { epsilon: -0.1 }, "epsilon must be in [0, 1], got -0.1; 1 already reaches every input in [0, 1]"],
    ["an ε of NaN", { epsilon: NaN }, "epsilon must be in [0, 1], got NaN; 1 already reaches every input in [0, 1]"],
    [
      "an ε wider than the box",
      { epsilon: 1.01 },
      "epsilon must be in [0, 1], got 1.01; 1 already reaches every input in [0, 1]",
    ],
    [
      "an ε longer than the box's diagonal",
      { epsilon: 2.5, norm: 2 },
      "epsilon must be in [0, 2], got 2.5; 2 already reaches every input in [0, 1]",
    ],
    [
      "an infinite ε without a box",
      { epsilon: Infinity, box: null },
      "epsilon must be a finite number of at least 0, got Infinity",
    ],
    ["a norm that it has not", { norm: 1 as 2 }, "norm must be inf or 2, got 1"],
    ["a box of no width", { box: [1, 1] }, "box must be [low, high] with low below high, got [1, 1]"],
    ["too few labels", { labels: Int32Array.of(1) }, "labels must be one per row, 2, got 1"],
    ["a label that is no class", { labels: Int32Array.of(0, 3) }, "labels must be in [0, 3), got 3 at row 1"],
    ["a negative label", { labels: Int32Array.of(-1, 0) }, "labels must be in [0, 3), got -1 at row 0"],
    ["no target", { targeted: true }, "labels must be the classes to lead towards when targeted, got predicted"],
  ])("%s", (_, options, message) => {
    expect(refusal(() => fgsm(model, inputs, { epsilon: 0.1, ...options }))).toBe(message);
    expect(refusal(() => pgd(model, inputs, { ...pgdOptions, ...options }))).toBe(message);
  });

  it.each<[string, Partial<PgdOptions>, string]>([
    ["no steps", { steps: 0 }, "steps must be an integer of at least 1, got 0"],
    ["half a step", { steps: 1.5 }, "steps must be an integer of at least 1, got 1.5"],
    ["no step size", { stepSize: 0 }, "stepSize must be a finite number above 0, got 0"],
    ["a step size of NaN", { stepSize: NaN }, "stepSize must be a finite number above 0, got NaN"],
    ["no run", { restarts: 0 }, "restarts must be an integer of at least 1, got 0"],
    [
      "to run twice from the same place",
      { restarts: 2, randomStart: false },
      "restarts must be 1 without a random start, where all runs are the same, got 2",
    ],
  ])("%s", (_, options, message) => {
    expect(refusal(() => pgd(model, inputs, { ...pgdOptions, ...options }))).toBe(message);
  });

  it.each<[string, Float32Array, Partial<AttackOptions>, string]>([
    [
      "bytes",
      Float32Array.of(0, 0.5, 1, 0, 0, 255, 0, 0),
      {},
      "inputs must be in [0, 1], got 255 at row 1, number 1; divide bytes by 255",
    ],
    [
      "NaN among the pixels",
      Float32Array.of(0, 0, 0, NaN),
      {},
      "inputs must be in [0, 1], got NaN at row 0, number 3; divide bytes by 255",
    ],
    [
      "infinite inputs without a box",
      Float32Array.of(0, Infinity, 0, 0),
      { box: null },
      "inputs must be finite, got Infinity at row 0, number 1",
    ],
    ["half a row", new Float32Array(6), {}, "inputs must be rows of 4 numbers each, got 6 numbers"],
    ["no row", new Float32Array(0), {}, "inputs must be rows of 4 numbers each, got 0 numbers"],
  ])("%s", async (_, wrong, options, message) => {
    expect(refusal(() => fgsm(model, wrong, { epsilon: 0.1, ...options }))).toBe(message);
    expect(refusal(() => pgd(model, wrong, { ...pgdOptions, ...options }))).toBe(message);
    if (options.box === null) return;
    const running = { seed: 1, batchSize: 2 };
    await expect(survives(model, wrong, labels, slow, running)).rejects.toThrow(message);
    await expect(attackInBatches(model, wrong, labels, slow, running)).rejects.toThrow(message);
  });

  it("a batch of no rows", async () => {
    const running = { seed: 1, batchSize: 0 };
    const message = "batchSize must be an integer of at least 1, got 0";
    await expect(survives(model, inputs, labels, slow, running)).rejects.toThrow(message);
    await expect(attackInBatches(model, inputs, labels, slow, running)).rejects.toThrow(message);
  });

  it("what a model computed that is not finite, or not of the right length", async () => {
    const giving = (gradient: Float32Array): DifferentiableModel => ({
      ...model,
      inputGradient: (batch) => ({ logits: model.logits(batch), gradient }),
    });
    const lost = giving(Float32Array.of(0, 0, 0, 0, 1, NaN, 0, 0));
    const message = "the model's input gradient must be finite, got NaN at row 1";
    expect(refusal(() => fgsm(lost, inputs, { epsilon: 0.1 }))).toBe(message);
    expect(refusal(() => pgd(lost, inputs, pgdOptions))).toBe(message);
    const fast: AttackConfig = { kind: "fgsm", epsilon: 0.1, norm: "inf" };
    await expect(survives(lost, inputs, labels, fast, { seed: 1, batchSize: 2 })).rejects.toThrow(message);
    expect(refusal(() => fgsm(giving(new Float32Array(4)), inputs, { epsilon: 0.1 }))).toBe(
      "the model's input gradient must have 8 numbers, got 4",
    );
    const blown = { ...model, logits: () => new Float32Array(6).fill(Infinity) };
    expect(refusal(() => pgd(blown, inputs, pgdOptions))).toBe(
      "the model's logits must be finite, got Infinity at row 0",
    );
  });
});

describe("an attack's configuration", () => {
  it("is refused as the attack would be, before there is a model", async () => {
    const wrong: [AttackConfig, string][] = [
      [{ kind: "fgsm", epsilon: 1.5, norm: "inf" }, "epsilon must be in [0, 1], got 1.5"],
      [{ kind: "fgsm", epsilon: -1, norm: 2 }, "epsilon must be a finite number of at least 0, got -1"],
      [{ ...slow, steps: 0 }, "steps must be an integer of at least 1, got 0"],
      [{ ...slow, stepSize: -1 }, "stepSize must be a finite number above 0, got -1"],
      [{ ...slow, restarts: 0.5 }, "restarts must be an integer of at least 1, got 0.5"],
      [{ ...slow, norm: 3 as 2 }, "norm must be inf or 2, got 3"],
      [{ ...slow, kind: "cw" as "pgd" }, "attack must be fgsm or pgd, got cw"],
    ];
    for (const [config, message] of wrong) {
      expect(() => requireAttackConfig(config)).toThrow(message);
      await expect(survives(model, inputs, labels, config, { seed: 1, batchSize: 2 })).rejects.toThrow(message);
      expect(refusal(() => attack(model, inputs, config, random))).not.toBe("nothing was refused");
    }
    for (const config of [slow, { kind: "fgsm", epsilon: 0, norm: 2 } as const]) requireAttackConfig(config);
  });

  it("keeps how often its steps cross the ball when its strength changes", () => {
    expect(atStrength(slow, 0.2)).toEqual({ ...slow, epsilon: 0.2, stepSize: 0.1 });
    expect(atStrength(slow, 0)).toEqual({ ...slow, epsilon: 0 });
    expect(atStrength({ kind: "fgsm", epsilon: 0, norm: 2 }, 0.3)).toEqual({ kind: "fgsm", epsilon: 0.3, norm: 2 });
    expect(() => atStrength({ ...slow, epsilon: 0 }, 0.1)).toThrow(
      "epsilon must be above 0 for its step size to be scaled, got 0",
    );
  });
});
