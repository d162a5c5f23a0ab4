import { describe, expect, it } from "vitest";
import { accuracyAgainst, type Survival } from "../../src/attacks/accuracy-against.ts";
import { atStrength, type PgdConfig } from "../../src/attacks/attack-config.ts";
import type { DifferentiableModel } from "../../src/attacks/differentiable-model.ts";
import { attackInBatches } from "../../src/attacks/in-batches.ts";
import { predictedClass } from "../../src/attacks/judge-logits.ts";
import { survives } from "../../src/attacks/survives.ts";
import { randomStream } from "../../src/data/random.ts";
import { type HiddenGradientCheck, maskingChecks } from "../../src/experiment/adversarial/masking-checks.ts";
import { correctRows, drawnWeights, tinyModel, uniform } from "./support/tiny-models.ts";

const [size, classes, rows] = [20, 4, 120];
const network = {
  hidden: { weights: drawnWeights(size, 24, 15, "first"), activation: "relu" },
  weights: drawnWeights(24, classes, 15, "last"),
} as const;
/** The same decisions: one shows its gradients, the other's softmax is saturated, so that they are 0 in float32. */
const honest = tinyModel(network);
const saturated = tinyModel({ ...network, scale: 1e6 });

const inputs = uniform(rows * size, randomStream(15, "inputs"));
const labels = Int32Array.from({ length: rows }, (_, row) => predictedClass(honest.logits(inputs), row, classes));
const running = { seed: 15, batchSize: 64 };
const strengths = [0, 0.1, 0.2];
const attack: PgdConfig = { kind: "pgd", epsilon: 0.2, norm: "inf", steps: 10, stepSize: 0.05, restarts: 1 };

const curve = (model: DifferentiableModel, kind: "fgsm" | "pgd"): Promise<readonly Survival[]> => {
  const config = kind === "pgd" ? attack : ({ kind, epsilon: 0.2, norm: "inf" } as const);
  return accuracyAgainst(model, inputs, labels, config, strengths, running);
};

async function checksOf(
  model: DifferentiableModel,
  source: DifferentiableModel,
): Promise<readonly HiddenGradientCheck[]> {
  const whiteBox = await curve(model, "pgd");
  const made = strengths.map((strength) =>
    attackInBatches(source, inputs, labels, atStrength(attack, strength), running),
  );
  const transferred = (await Promise.all(made)).map((attacked) => correctRows(model, attacked, labels));
  const unbounded = { ...attack, epsilon: 1, stepSize: 0.25 };
  const bySteps = [5, 10, 20].map(async (steps) => ({
    steps,
    survivors: await survives(model, inputs, labels, { ...attack, steps, stepSize: 0.5 / steps }, running),
  }));
  return maskingChecks({
    unbounded: await survives(model, inputs, labels, unbounded, running),
    bySteps: await Promise.all(bySteps),
    byStrength: strengths.map((strength, i) => ({
      strength,
      whiteBox: whiteBox[i].survivors,
      transferred: transferred[i],
    })),
  });
}

describe("a network whose logits are multiplied until its softmax is saturated", () => {
  it("looks far more robust than the same network that is not", async () => {
    const [bare, hidden] = [await curve(honest, "fgsm"), await curve(saturated, "fgsm")];
    expect(bare.map(({ accuracy }) => accuracy)[0]).toBe(1);
    expect(bare[2].accuracy).toBeLessThan(0.1);
    expect(hidden.map(({ accuracy }) => accuracy)).toEqual([1, 1, 1]);
  });

  it("is found out by an unbounded attack that does not reach 0, and by one made on the other", async () => {
    const passed = (await checksOf(saturated, honest)).map((check) => [check.name, check.passed]);
    expect(passed).toEqual([
      ["unbounded attack reaches 0", false],
      ["more steps never help the defender", true],
      ["transfer is not stronger", false],
    ]);
  });

  it("passes every check when its gradients show, whatever the attack was made on", async () => {
    const other = tinyModel({
      hidden: { weights: drawnWeights(size, 24, 16, "first"), activation: "relu" },
      weights: drawnWeights(24, classes, 16, "last"),
    });
    for (const source of [saturated, other]) {
      const checks = await checksOf(honest, source);
      expect(checks.filter(({ passed }) => !passed)).toEqual([]);
    }
  });
});
