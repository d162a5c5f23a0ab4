import { describe, expect, it } from "vitest";
import type { AttackConfig, PgdConfig } from "../../src/attacks/attack-config.ts";
import type { DifferentiableModel } from "../../src/attacks/differentiable-model.ts";
import { fgsm } from "../../src/attacks/fgsm.ts";
import { attackInBatches } from "../../src/attacks/in-batches.ts";
import { predictedClass } from "../../src/attacks/judge-logits.ts";
import type { AttackProgress, Running } from "../../src/attacks/pace.ts";
import { survives } from "../../src/attacks/survives.ts";
import { randomStream } from "../../src/data/random.ts";
import { correctRows, distances, drawnWeights, tinyModel, uniform } from "./support/tiny-models.ts";

const [size, classes, rows] = [6, 3, 90];
const model = tinyModel({
  hidden: { weights: drawnWeights(size, 12, 12, "first", 2), activation: "relu" },
  weights: drawnWeights(12, classes, 12, "last", 2),
});
const inputs = uniform(rows * size, randomStream(12, "inputs"));
// Every seventh row is mislabelled, so that clean rows are wrong too.
const labels = Int32Array.from({ length: rows }, (_, row) => {
  const predicted = predictedClass(model.logits(inputs), row, classes);
  return row % 7 === 0 ? (predicted + 1) % classes : predicted;
});
const running: Running = { seed: 12, batchSize: 16 };
const fast: AttackConfig = { kind: "fgsm", epsilon: 0.1, norm: "inf" };
const slow: PgdConfig = { kind: "pgd", epsilon: 0.1, norm: "inf", steps: 8, stepSize: 0.03, restarts: 2 };
const run = (config: AttackConfig, changed: Partial<Running> = {}, of = model): Promise<Uint8Array> =>
  survives(of, inputs, labels, config, { ...running, ...changed });
const count = (survivors: Uint8Array): number => survivors.filter((survivor) => survivor === 1).length;

/** Counts the rows that a model is shown, and keeps the sizes of the batches and the points. */
function watched(of: DifferentiableModel): {
  model: DifferentiableModel;
  batches: number[];
  points: Float32Array[];
} {
  const batches: number[] = [];
  const points: Float32Array[] = [];
  const note = (batch: Float32Array): void => {
    batches.push(batch.length / of.inputSize);
    points.push(batch.slice());
  };
  const model: DifferentiableModel = {
    ...of,
    logits: (batch) => {
      note(batch);
      return of.logits(batch);
    },
    inputGradient: (batch, batchLabels) => {
      note(batch);
      return of.inputGradient(batch, batchLabels);
    },
  };
  return { model, batches, points };
}

describe("the survivors of an attack", () => {
  it("are rows that are right to begin with", async () => {
    const correct = correctRows(model, inputs, labels);
    expect(count(correct)).toBe(rows - Math.ceil(rows / 7));
    for (const config of [fast, slow, { ...fast, norm: 2 } as const, { ...slow, norm: 2 } as const]) {
      const survivors = await run(config);
      for (const [row, survivor] of survivors.entries()) expect(survivor).toBeLessThanOrEqual(correct[row]);
      expect(count(survivors)).toBeLessThan(count(correct));
      expect(count(survivors)).toBeGreaterThan(0);
    }
  });

  it("of FGSM are the rows that are right both clean and on FGSM's own inputs", async () => {
    const attacked = fgsm(model, inputs, { epsilon: fast.epsilon, labels });
    const [clean, after] = [correctRows(model, inputs, labels), correctRows(model, attacked, labels)];
    expect(await run(fast)).toEqual(clean.map((right, row) => right & after[row]));
  });

  it("of PGD are those that no point which it looked at got wrong, and all its points lie in ball and box", async () => {
    const { model: seen, points } = watched(model);
    const one = { ...running, batchSize: 1 };
    for (let row = 0; row < 20; row++) {
      points.length = 0;
      const input = inputs.slice(row * size, (row + 1) * size);
      const label = labels.subarray(row, row + 1);
      const [survivor] = await survives(seen, input, label, slow, one);
      const wrong = points.filter((point) => predictedClass(model.logits(point), 0, classes) !== label[0]);
      expect(wrong.length).toBe(survivor === 1 ? 0 : 1);
      if (survivor === 1) expect(points.length).toBe(1 + slow.restarts * (slow.steps + 1));
      for (const point of points) {
        expect(distances(point, input, size, "inf")[0]).toBeLessThanOrEqual(slow.epsilon);
        for (const value of point) expect(value >= 0 && value <= 1).toBe(true);
      }
    }
  });

  it("are the rows that are right when ε = 0", async () => {
    const correct = correctRows(model, inputs, labels);
    expect(await run({ ...fast, epsilon: 0 })).toEqual(correct);
    expect(await run({ ...slow, epsilon: 0 })).toEqual(correct);
  });

  it("are decided by the seed, and not by the batch size or by the other rows", async () => {
    // One short run each, so that the place where it starts decides.
    const short = { ...slow, epsilon: 0.14, steps: 1, stepSize: 0.005, restarts: 1 };
    const survivors = await run(short);
    for (const batchSize of [1, 7, 1000]) expect(await run(short, { batchSize })).toEqual(survivors);
    expect(await run(short, { seed: 13 })).not.toEqual(survivors);
    const first = await survives(model, inputs.subarray(0, 10 * size), labels.subarray(0, 10), short, running);
    expect(first).toEqual(survivors.subarray(0, 10));
  });

  it("are never more for a restart more", async () => {
    const short = { ...slow, epsilon: 0.14, steps: 1, stepSize: 0.005 };
    let before = new Uint8Array(rows).fill(1);
    const counts: number[] = [];
    for (const restarts of [1, 2, 4, 8]) {
      const after = await run({ ...short, restarts });
      for (const [row, survivor] of after.entries()) expect(survivor).toBeLessThanOrEqual(before[row]);
      counts.push(count(after));
      before = Uint8Array.from(after);
    }
    expect(counts[3]).toBeLessThan(counts[0]);
  });

  it("are found without showing the model a row that fell, in full batches", async () => {
    const { model: seen, batches } = watched(model);
    const strong = { ...slow, epsilon: 0.3, stepSize: 0.1 };
    const survivors = await run(strong, {}, seen);
    const shown = batches.reduce((sum, batch) => sum + batch, 0);
    const all = rows * (1 + strong.restarts * (strong.steps + 1));
    expect(count(survivors)).toBeLessThan(rows / 10);
    expect(shown).toBeLessThan(all / 3);
    expect(Math.max(...batches)).toBe(running.batchSize);
    // One batch of a sweep may be less than full.
    expect(batches.filter((batch) => batch < running.batchSize).length).toBeLessThanOrEqual(19);
  });
});

describe("the progress of an attack", () => {
  it("rises from batch to batch and ends at its total, also when every row falls early", async () => {
    for (const config of [fast, slow, { ...slow, epsilon: 1, stepSize: 0.5 }, { ...slow, epsilon: 0 }]) {
      const told: AttackProgress[] = [];
      await run(config, { onProgress: (progress) => told.push(progress) });
      for (const [i, { done }] of told.entries()) expect(done).toBeGreaterThanOrEqual(told[i - 1]?.done ?? 0);
      expect(told.at(-1)?.done).toBe(told.at(-1)?.total);
      expect(told[0].done).toBeLessThan(told[0].total);
    }
  });

  it("ends with the signal's reason, before another batch is shown", async () => {
    const { model: seen, batches } = watched(model);
    const stop = new AbortController();
    const reason = new Error("enough");
    const onProgress = (): void => {
      if (batches.length === 3) stop.abort(reason);
    };
    await expect(run(slow, { onProgress, signal: stop.signal }, seen)).rejects.toBe(reason);
    expect(batches.length).toBe(3);
    await expect(attackInBatches(model, inputs, labels, fast, { ...running, signal: stop.signal })).rejects.toBe(
      reason,
    );
  });
});

describe("an attack in batches", () => {
  it("is the attack of each batch, the last one shorter, decided by the seed", async () => {
    expect(await attackInBatches(model, inputs, labels, fast, running)).toEqual(
      fgsm(model, inputs, { epsilon: fast.epsilon, labels }),
    );
    const drawn = (seed: number): Promise<Float32Array> =>
      attackInBatches(model, inputs, labels, slow, { ...running, seed });
    expect(await drawn(1)).toEqual(await drawn(1));
    expect(await drawn(1)).not.toEqual(await drawn(2));
    expect(await attackInBatches(model, inputs, labels, slow, { seed: 1, batchSize: 7 })).toEqual(await drawn(1));
  });
});
