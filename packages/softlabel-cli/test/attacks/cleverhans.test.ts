import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Box } from "../../src/attacks/ball.ts";
import type { DifferentiableModel } from "../../src/attacks/differentiable-model.ts";
import { type AttackOptions, fgsm } from "../../src/attacks/fgsm.ts";
import { predictedClass } from "../../src/attacks/judge-logits.ts";
import { pgd } from "../../src/attacks/pgd.ts";
import { randomStream } from "../../src/data/random.ts";
import { distances, tinyModel, toldModel, uniform, type Weights } from "./support/tiny-models.ts";

interface Case {
  readonly test: string;
  readonly attack: "fgsm" | "pgd";
  readonly norm: "inf" | 2;
  readonly epsilon: number | readonly number[];
  readonly steps?: number;
  readonly stepSize?: number;
  readonly box: Box | null;
  readonly targeted?: boolean;
  /** Of two numbers each; left out: 100 rows uniform in [0, 1). */
  readonly inputs?: readonly number[];
  /** Left out: that of the simple model. */
  readonly gradient?: readonly number[] | string;
  readonly refused?: string;
  readonly bars?: Readonly<Record<Bar, number | "epsilon" | true>>;
}

type Bar = keyof typeof bars;

interface Outcome {
  readonly epsilon: number;
  readonly box: Box | null;
  readonly attacked: Float32Array;
  readonly change: readonly number[];
  readonly distance: readonly number[];
  readonly gradient: readonly number[];
  /** Shares of rows predicted as when clean, and as the target. */
  readonly kept: number;
  readonly hit: number;
}

/** What each bar demands; equal numbers are equal as NumPy's allclose takes them. */
const bars = {
  offEpsilonBelow: ({ distance, epsilon }: Outcome, bar: number) =>
    expect(Math.max(...distance.map((d) => Math.abs(d - epsilon)))).toBeLessThan(bar),
  overEpsilonAtMost: ({ distance, epsilon }: Outcome, bar: number) =>
    expect(Math.max(...distance)).toBeLessThanOrEqual(epsilon + bar),
  distanceAtMost: ({ distance }: Outcome, bar: number) => expect(Math.max(...distance)).toBeLessThanOrEqual(bar),
  roomAbove: ({ distance, epsilon }: Outcome, bar: number) =>
    expect(epsilon - Math.min(...distance)).toBeGreaterThan(bar),
  keptBelow: ({ kept }: Outcome, bar: number) => expect(kept).toBeLessThan(bar),
  hitAbove: ({ hit }: Outcome, bar: number) => expect(hit).toBeGreaterThan(bar),
  withinBox: ({ attacked, box }: Outcome) => {
    expect(Math.min(...attacked)).toBeGreaterThanOrEqual((box as Box)[0]);
    expect(Math.max(...attacked)).toBeLessThanOrEqual((box as Box)[1]);
  },
  sizes: ({ change }: Outcome, bar: number) => {
    for (const value of change) expectClose(Math.abs(value), bar);
  },
  length: ({ distance }: Outcome, bar: number) => {
    for (const value of distance) expectClose(value, bar);
  },
  objective: ({ change, gradient }: Outcome, bar: number) =>
    expectClose(
      change.reduce((sum, value, i) => sum + value * gradient[i], 0),
      bar,
    ),
};

/** numpy.allclose: |a − b| ≤ 1e-8 + 1e-5·|b|. */
function expectClose(actual: number, expected: number): void {
  expect(Math.abs(actual - expected)).toBeLessThanOrEqual(1e-8 + 1e-5 * Math.abs(expected));
}

const table: {
  readonly simpleModel: { readonly w1: Weights; readonly w2: Weights };
  readonly cases: readonly Case[];
} = JSON.parse(readFileSync(new URL("../fixtures/cleverhans-attacks.json", import.meta.url), "utf8"));
const { w1, w2 } = table.simpleModel;
const simpleModel = tinyModel({ hidden: { weights: w1, activation: "sigmoid" }, weights: w2 });

describe("what cleverhans' own tests demand of an attack, this one does", () => {
  // Their inputs have no seed; theirs must hold for any, so several are drawn.
  it.each(table.cases.map((fact) => [fact.test, fact] as const))("%s", (_, fact) => {
    const strengths = typeof fact.epsilon === "number" ? [fact.epsilon] : fact.epsilon;
    for (const seed of [1, 2, 3]) {
      for (const epsilon of strengths) {
        const problem = problemOf(fact, seed);
        if (fact.refused !== undefined) {
          expect(() => run(fact, problem, epsilon, seed)).toThrow(fact.refused);
          continue;
        }
        const outcome = judge(fact, problem, epsilon, run(fact, problem, epsilon, seed));
        for (const [bar, value] of Object.entries(fact.bars ?? {})) {
          bars[bar as Bar](outcome, value === "epsilon" ? epsilon : Number(value));
        }
      }
    }
  });

  it("in a table whose every case demands something", () => {
    for (const { test, bars: demanded, refused } of table.cases) {
      expect(Object.keys(demanded ?? {}).length + (refused === undefined ? 0 : 1), test).toBeGreaterThan(0);
    }
    expect(table.cases.length).toBe(48);
  });
});

interface DrawnProblem {
  readonly model: DifferentiableModel;
  readonly gradient: readonly number[];
  readonly inputs: Float32Array;
  readonly targets: Int32Array;
}

function problemOf({ inputs: given, gradient: told }: Case, seed: number): DrawnProblem {
  const random = randomStream(seed, "cleverhans");
  const drawn = given === undefined ? uniform(200, random) : Float32Array.from(given);
  if (told === undefined) {
    const targets = Int32Array.from({ length: drawn.length / 2 }, () => Math.floor(2 * random()));
    return { model: simpleModel, gradient: [], inputs: drawn, targets };
  }
  // A sum of twelve uniform numbers less 6 is close to normal.
  const normal = (): number => Array.from({ length: 12 }, random).reduce((sum, u) => sum + u, -6);
  const gradient = typeof told === "string" ? Array.from({ length: 600 }, normal) : told;
  const size = typeof told === "string" ? 6 : told.length;
  const inputs = new Float32Array(gradient.length);
  return { model: toldModel(2, gradient, size), gradient, inputs, targets: new Int32Array(inputs.length / size) };
}

function run(fact: Case, { model, inputs, targets }: DrawnProblem, epsilon: number, seed: number): Float32Array {
  const { norm, box, targeted = false, steps = 0, stepSize = 0 } = fact;
  const options: AttackOptions = { epsilon, norm, box, targeted, labels: targeted ? targets : "predicted" };
  if (fact.attack === "fgsm") return fgsm(model, inputs, options);
  const random = randomStream(seed, "starts");
  return pgd(model, inputs, { ...options, steps, stepSize, restarts: 1, randomStart: true, random });
}

function judge(
  { norm, box }: Case,
  { model, gradient, inputs, targets }: DrawnProblem,
  epsilon: number,
  attacked: Float32Array,
): Outcome {
  const rows = [...targets.keys()];
  const predict = (points: Float32Array): number[] => {
    const logits = model.logits(points);
    return rows.map((row) => predictedClass(logits, row, model.classes));
  };
  const [clean, after] = [predict(inputs), predict(attacked)];
  return {
    epsilon,
    box,
    attacked,
    gradient,
    change: [...attacked].map((value, i) => value - inputs[i]),
    distance: distances(attacked, inputs, model.inputSize, norm),
    kept: rows.filter((row) => after[row] === clean[row]).length / rows.length,
    hit: rows.filter((row) => after[row] === targets[row]).length / rows.length,
  };
}
