import { describe, expect, it } from "vitest";
import { attack } from "../../src/attacks/attack.ts";
import { fgsm } from "../../src/attacks/fgsm.ts";
import { crossEntropyOfRow, predictedClass } from "../../src/attacks/judge-logits.ts";
import { type PgdOptions, pgd } from "../../src/attacks/pgd.ts";
import { randomStream } from "../../src/data/random.ts";
import { drawnWeights, tinyModel, uniform } from "./support/tiny-models.ts";

const [size, classes, rows] = [6, 3, 60];
const model = tinyModel({
  hidden: { weights: drawnWeights(size, 12, 10, "first", 2), activation: "relu" },
  weights: drawnWeights(12, classes, 10, "last", 2),
});
const inputs = uniform(rows * size, randomStream(10, "inputs"));
const labels = Int32Array.from({ length: rows }, (_, row) => predictedClass(model.logits(inputs), row, classes));
const options = (changed: Partial<PgdOptions> = {}): PgdOptions => ({
  epsilon: 0.15,
  norm: "inf",
  steps: 10,
  stepSize: 0.03,
  restarts: 1,
  randomStart: true,
  random: randomStream(10, "starts"),
  labels,
  ...changed,
});

const judged = (points: Float32Array, of = labels): { right: boolean; loss: number }[] => {
  const logits = model.logits(points);
  return [...of].map((label, row) => ({
    right: predictedClass(logits, row, classes) === label,
    loss: crossEntropyOfRow(logits, row, classes, label),
  }));
};
const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

describe("PGD", () => {
  it("of one step of size ε, from the input, is FGSM bit for bit, in both norms, towards and away", () => {
    for (const norm of ["inf", 2] as const) {
      for (const targeted of [false, true]) {
        for (const epsilon of [0.07, 0.3, 1]) {
          const one = { steps: 1, stepSize: epsilon, randomStart: false };
          expect(pgd(model, inputs, options({ ...one, epsilon, norm, targeted }))).toEqual(
            fgsm(model, inputs, { epsilon, norm, targeted, labels }),
          );
        }
      }
    }
    const one = { steps: 1, stepSize: 0.2, epsilon: 0.2, randomStart: false, labels: "predicted" as const };
    expect(pgd(model, inputs, options(one))).toEqual(fgsm(model, inputs, { epsilon: 0.2 }));
  });

  it("raises the mean loss above FGSM's, in both norms", () => {
    for (const norm of ["inf", 2] as const) {
      const epsilon = norm === 2 ? 0.4 : 0.15;
      const many = pgd(model, inputs, options({ epsilon, norm, steps: 20, stepSize: epsilon / 8 }));
      const once = fgsm(model, inputs, { epsilon, norm, labels });
      expect(mean(judged(many).map(({ loss }) => loss))).toBeGreaterThan(mean(judged(once).map(({ loss }) => loss)));
    }
  });

  it("towards a target lowers the target's loss in every row that has room", () => {
    const target = labels.map((label) => (label + 1) % classes);
    const attacked = judged(pgd(model, inputs, options({ labels: target, targeted: true })), target);
    const clean = judged(inputs, target);
    expect(mean(attacked.map(({ loss }) => loss))).toBeLessThan(mean(clean.map(({ loss }) => loss)) - 0.5);
    expect(attacked.filter(({ loss }, row) => loss < clean[row].loss).length).toBeGreaterThan(0.95 * rows);
  });

  it("is never weaker for a restart more: no row is saved, and no loss of a row that stands or falls shrinks", () => {
    for (const targeted of [false, true]) {
      const of = targeted ? labels.map((label) => (label + 1) % classes) : labels;
      const direction = targeted ? -1 : 1;
      let before = judged(pgd(model, inputs, options({ labels: of, targeted })), of);
      let changed = 0;
      for (const restarts of [2, 3, 5]) {
        const after = judged(pgd(model, inputs, options({ labels: of, targeted, restarts })), of);
        for (const [row, { right, loss }] of after.entries()) {
          const succeeds = right === targeted;
          const succeeded = before[row].right === targeted;
          if (succeeded) expect(succeeds).toBe(true);
          if (succeeded === succeeds) expect(direction * loss).toBeGreaterThanOrEqual(direction * before[row].loss);
          if (loss !== before[row].loss) changed++;
        }
        before = after;
      }
      expect(changed).toBeGreaterThan(0);
    }
  });

  it("keeps a run that succeeds before one with a higher loss that does not", () => {
    // Nothing moves from its start. Below 0.5 label 0 is right at a loss of 1.08, above it is wrong at 0.80.
    const logitsAt = (x: number): number[] => (x < 0.5 ? [0.34, 0.33, 0.33] : [0.45, 0.549, 0.001]).map(Math.log);
    const logits = (batch: Float32Array): Float32Array => Float32Array.from([...batch].flatMap(logitsAt));
    const still = {
      classes: 3,
      inputSize: 1,
      logits,
      inputGradient: (batch: Float32Array) => ({ logits: logits(batch), gradient: new Float32Array(batch.length) }),
    };
    const middle = new Float32Array(20).fill(0.5);
    const wide = options({ epsilon: 0.5, labels: new Int32Array(20), steps: 1 });
    const above = (restarts: number): number =>
      pgd(still, middle, { ...wide, restarts, random: randomStream(3, "starts") }).filter((x) => x >= 0.5).length;
    expect(above(1)).toBeLessThan(15);
    // Twelve starts all lie below once in 4096 rows.
    expect(above(12)).toBe(20);
  });

  it("is decided by its stream of random numbers", () => {
    const drawn = (seed: number): Float32Array => pgd(model, inputs, options({ random: randomStream(seed, "x") }));
    expect(drawn(1)).toEqual(drawn(1));
    expect(drawn(1)).not.toEqual(drawn(2));
    const fromInput = (seed: number): Float32Array =>
      pgd(model, inputs, options({ randomStart: false, random: randomStream(seed, "x") }));
    expect(fromInput(1)).toEqual(fromInput(2));
  });

  it("with ε = 0 gives the inputs back, bit for bit", () => {
    expect(pgd(model, inputs, options({ epsilon: 0, restarts: 2 }))).toEqual(inputs);
  });

  it("keeps the labels that the model gives the clean input, not those of its start", () => {
    expect(pgd(model, inputs, options({ labels: "predicted", epsilon: 1, stepSize: 0.2 }))).toEqual(
      pgd(model, inputs, options({ epsilon: 1, stepSize: 0.2 })),
    );
  });
});

describe("an attack by its configuration", () => {
  const random = (): ReturnType<typeof randomStream> => randomStream(11, "starts");

  it("is FGSM or PGD with a random start, away from what is predicted or from labels", () => {
    const fast = { kind: "fgsm", epsilon: 0.2, norm: 2 } as const;
    expect(attack(model, inputs, fast, random())).toEqual(fgsm(model, inputs, { epsilon: 0.2, norm: 2 }));
    const slow = { kind: "pgd", epsilon: 0.2, norm: "inf", steps: 3, stepSize: 0.1, restarts: 2 } as const;
    const others = labels.map((label) => (label + 1) % classes);
    expect(attack(model, inputs, slow, random(), others)).toEqual(
      pgd(model, inputs, options({ ...slow, random: random(), labels: others })),
    );
  });
});
