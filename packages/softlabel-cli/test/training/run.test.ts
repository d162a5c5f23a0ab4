import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ArgumentError, softmaxCrossEntropy } from "softlabel";
import { beforeAll, describe, expect, it } from "vitest";
import type { AttackConfig } from "../../src/attacks/attack-config.ts";
import { readNpz } from "../../src/data/npz.ts";
import { type EpochRecord, type TrainingConfig, type TrainingProgress, train } from "../../src/training/run.ts";
import { temporaryFolder, tinyConfig, writeTinyDataset } from "./support/tiny-dataset.ts";

let data: string;
beforeAll(() => {
  data = writeTinyDataset(temporaryFolder());
});

const fgsm: AttackConfig = { kind: "fgsm", epsilon: 0.3, norm: "inf" };
const pgd: AttackConfig = { kind: "pgd", epsilon: 0.3, norm: "inf", steps: 3, stepSize: 0.1, restarts: 1 };

/** Every file of a run and what is in it. */
function contents(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .map((name) => [name, readFileSync(join(folder, name), "base64")]),
  );
}

describe("a finished run", () => {
  let folder: string;
  let summary: Awaited<ReturnType<typeof train>>;
  const progress: TrainingProgress[] = [];
  beforeAll(async () => {
    folder = temporaryFolder();
    summary = await train(tinyConfig(data), { folder, onProgress: (news) => progress.push(news) });
  });

  it("leaves its files and nothing half-done", () => {
    expect(readdirSync(folder).sort()).toEqual([
      "config.json",
      "history.jsonl",
      "model.json",
      "penultimate.npz",
      "predictions.npz",
      "summary.json",
      "weights.bin",
    ]);
  });

  it("leaves logits whose accuracy and unsmoothed loss are those it reports", () => {
    const predictions = readNpz(join(folder, "predictions.npz"), [
      "val_logits",
      "val_labels",
      "test_logits",
      "test_labels",
    ]);
    expect(predictions.val_logits.shape).toEqual([80, 4]);
    expect(predictions.test_logits.shape).toEqual([80, 4]);
    for (const array of ["val_logits", "test_logits"] as const)
      expect(predictions[array].data).toBeInstanceOf(Float32Array);
    for (const array of ["val_labels", "test_labels"] as const)
      expect(predictions[array].data).toBeInstanceOf(Int32Array);
    const score = (logits: Float32Array, labels: Int32Array): { accuracy: number; nll: number } => {
      const rows = [...labels.keys()];
      const right = rows.filter((row) => {
        const z = [...logits.subarray(4 * row, 4 * row + 4)];
        return z.indexOf(Math.max(...z)) === labels[row];
      });
      return {
        accuracy: right.length / rows.length,
        nll: softmaxCrossEntropy(labels, { data: Float64Array.from(logits), shape: [rows.length, 4] }).loss,
      };
    };
    const last = summary.history[2];
    const { val_logits, val_labels, test_logits, test_labels } = predictions;
    expect(score(test_logits.data as Float32Array, test_labels.data as Int32Array)).toEqual(summary.test);
    expect(score(val_logits.data as Float32Array, val_labels.data as Int32Array)).toEqual({
      accuracy: last.validationAccuracy,
      nll: last.validationNll,
    });
  });

  it("leaves a line per epoch whose losses fall, and whose loss stays above its floor", () => {
    const lines = readFileSync(join(folder, "history.jsonl"), "utf8").trimEnd().split("\n");
    const history = lines.map((line): EpochRecord => JSON.parse(line));
    expect(history).toEqual(summary.history);
    expect(history.map(({ epoch }) => epoch)).toEqual([1, 2, 3]);
    expect(history[2].trainLoss).toBeLessThan(history[0].trainLoss);
    expect(Number(history[2].validationNll)).toBeLessThan(Number(history[0].validationNll));
    // H(q′) of ε = 0.1 over four classes.
    const floor = -(0.925 * Math.log(0.925) + 3 * 0.025 * Math.log(0.025));
    for (const { trainFloor, trainLoss } of history) {
      expect(trainFloor).toBeCloseTo(floor, 12);
      expect(trainLoss).toBeGreaterThan(floor);
    }
  });

  it("learns: it beats chance by far on images that it never saw", () => {
    expect(summary.test.accuracy).toBeGreaterThan(0.9);
  });

  it("leaves penultimate activations from which the last layer gives the same logits", () => {
    const { activations, labels, weights, bias } = readNpz(join(folder, "penultimate.npz"), [
      "activations",
      "labels",
      "weights",
      "bias",
    ]);
    const { test_logits, test_labels } = readNpz(join(folder, "predictions.npz"), ["test_logits", "test_labels"]);
    const rows = [0, 1, 2].flatMap((label) =>
      [...test_labels.data.keys()].filter((row) => test_labels.data[row] === label),
    );
    expect([...labels.data]).toEqual(rows.map((row) => test_labels.data[row]));
    const [width, classes] = weights.shape;
    expect(activations.shape).toEqual([rows.length, width]);
    expect(bias.shape).toEqual([classes]);
    for (const [i, row] of rows.entries()) {
      for (let k = 0; k < classes; k++) {
        let logit = Number(bias.data[k]);
        for (let j = 0; j < width; j++)
          logit += Number(activations.data[i * width + j]) * Number(weights.data[j * classes + k]);
        // 512 float32 products in another order.
        expect(Math.abs(logit - Number(test_logits.data[row * classes + k]))).toBeLessThan(1e-4);
      }
    }
  });

  it("records what decided it", () => {
    const record = JSON.parse(readFileSync(join(folder, "config.json"), "utf8"));
    expect(record.config).toEqual(tinyConfig(data));
    expect(record.data).toEqual({ name: "bars", hash: expect.stringMatching(/^[0-9a-f]{64}$/) });
    expect(record.versions).toEqual({
      softlabel: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      "softlabel-cli": expect.stringMatching(/^\d+\.\d+\.\d+$/),
      "tensorflow.js": "4.22.0",
    });
    expect(record.codeVersion).toMatch(/^[0-9a-f]{64}$/);
    expect(record.rows).toEqual({ train: 200, validation: 80, test: 80 });
    expect(record.parameters).toBe(144 * 512 + 512 + 512 * 512 + 512 + 512 * 4 + 4);
  });

  it("told of every step in order", () => {
    expect(progress.map(({ step }) => step)).toEqual(Array.from({ length: 21 }, (_, i) => i + 1));
    expect(progress.map(({ epoch }) => epoch)).toEqual(Array.from({ length: 21 }, (_, i) => Math.floor(i / 7) + 1));
    for (const { totalSteps, epochs, trainLoss } of progress) {
      expect({ totalSteps, epochs }).toEqual({ totalSteps: 21, epochs: 3 });
      expect(trainLoss).toBeGreaterThan(0);
    }
  });

  it("is not trained again", async () => {
    const before = contents(folder);
    const again = await train(tinyConfig(data), { folder, onProgress: () => expect.fail("a step was made") });
    expect(again).toEqual(summary);
    expect(contents(folder)).toEqual(before);
  });

  it("keeps its folder from another run", async () => {
    await expect(train(tinyConfig(data, { seed: 4 }), { folder })).rejects.toThrow(
      `folder must be empty or of the same run, got ${folder}, where a run of another configuration, data or version was finished; choose another or remove it`,
    );
  });
});

describe("a seed", () => {
  it("decides split, order and initial weights, and ε none of them", async () => {
    // A rate too small to move anything that shows: the losses are those of the first weights, summed in order.
    const start = async (changes: Partial<TrainingConfig>): Promise<object> => {
      const folder = temporaryFolder();
      const { history } = await train(tinyConfig(data, { learningRate: 1e-30, ...changes }), { folder });
      const losses = history.map(({ trainCrossEntropy, validationNll }) => ({ trainCrossEntropy, validationNll }));
      return { losses, labels: readNpz(join(folder, "predictions.npz"), ["val_labels"]).val_labels.data };
    };
    const plain = await start({ labelSmoothing: 0 });
    expect(await start({ labelSmoothing: 0.3 })).toEqual(plain);
    expect(await start({ labelSmoothing: 0, seed: 4 })).not.toEqual(plain);
  });
});

describe("every model, optimizer, prior and convention", () => {
  it.each<Partial<TrainingConfig>>([
    { model: "softmax", learningRate: 0.02 },
    { model: "lenet", optimizer: "momentum", learningRate: 0.05 },
    { model: "mlp", optimizer: "sgd", learningRate: 0.1, epochs: 6 },
    { model: "mlp", prior: "class-frequencies" },
    { model: "mlp", prior: [0.7, 0.1, 0.1, 0.1], convention: "other-classes" },
    { model: "mlp", convention: "classy-vision", labelNoise: 0.1 },
  ])("learns: %o", async (changes) => {
    const { test } = await train(tinyConfig(data, changes), { folder: temporaryFolder() });
    expect(test.accuracy).toBeGreaterThan(0.9);
  });
});

describe("without validation rows, on the first rows", () => {
  const changes = { validationSize: 0, trainRows: "first", trainSize: 300 } as const;

  it("a run leaves no validation in its files, and learns", async () => {
    const folder = temporaryFolder();
    const { rows, history, test } = await train(tinyConfig(data, changes), { folder });
    expect(rows).toEqual({ train: 300, validation: 0, test: 80 });
    expect(Object.keys(readNpz(join(folder, "predictions.npz"))).sort()).toEqual(["test_labels", "test_logits"]);
    for (const { validationAccuracy, validationNll } of history) {
      expect({ validationAccuracy, validationNll }).toEqual({ validationAccuracy: null, validationNll: null });
    }
    expect(test.accuracy).toBeGreaterThan(0.9);
  });
});

describe("an adversary", () => {
  it.each([
    ["FGSM", fgsm],
    ["PGD from random starts", pgd],
  ])("makes another model, the same one every time and when it was stopped in between: %s", async (_, attack) => {
    const config = tinyConfig(data, { adversary: { attack, coefficient: 0.5 } });
    const [whole, resumed, plain] = [temporaryFolder(), temporaryFolder(), temporaryFolder()];
    await train(config, { folder: whole });
    const stop = new AbortController();
    const onProgress = ({ step }: TrainingProgress): void => {
      if (step === 10) stop.abort();
    };
    await expect(train(config, { folder: resumed, onProgress, signal: stop.signal })).rejects.toThrow();
    await train(config, { folder: resumed });
    expect(contents(resumed)).toEqual(contents(whole));
    await train(tinyConfig(data), { folder: plain });
    expect(contents(plain)["weights.bin"]).not.toBe(contents(whole)["weights.bin"]);
  });
});

describe("on the bundled MNIST", () => {
  it("a linear model of 2,000 images reads four of five digits that it never saw", async () => {
    const changes = { model: "softmax", trainSize: 2000, validationSize: 500, learningRate: 0.01 } as const;
    const { test, dataset, rows } = await train(
      { ...tinyConfig(data, changes), data: null },
      { folder: temporaryFolder() },
    );
    expect({ name: dataset.name, rows }).toEqual({
      name: "MNIST",
      rows: { train: 2000, validation: 500, test: 10_000 },
    });
    expect(test.accuracy).toBeGreaterThan(0.8);
  });
});

describe("a run that was stopped", () => {
  // The last step of every epoch is a short one; 7 steps make an epoch.
  it("by its signal goes on from the last whole epoch to the same files, bit for bit", async () => {
    const config = tinyConfig(data, { optimizer: "adam", labelNoise: 0.2 });
    const whole = temporaryFolder();
    await train(config, { folder: whole });
    const folder = temporaryFolder();
    const stop = new AbortController();
    const steps: number[] = [];
    const [told, toldAgain]: [EpochRecord[], EpochRecord[]] = [[], []];
    const stopped = train(config, {
      folder,
      onEpoch: (epoch) => told.push(epoch),
      signal: stop.signal,
      onProgress: ({ step }) => {
        if (step === 11) stop.abort(new Error("stopped by hand"));
      },
    });
    await expect(stopped).rejects.toThrow("stopped by hand");
    expect(readdirSync(folder).sort()).toEqual(["checkpoint.npz", "config.json", "history.jsonl"]);
    expect(readFileSync(join(folder, "history.jsonl"), "utf8").split("\n")).toHaveLength(2);
    const onEpoch = (epoch: EpochRecord): void => {
      toldAgain.push(epoch);
      // What it goes on from is told before it goes on.
      if (toldAgain.length === 1) expect(steps).toEqual([]);
    };
    const { history } = await train(config, { folder, onProgress: ({ step }) => steps.push(step), onEpoch });
    expect(steps[0]).toBe(8);
    expect(told).toEqual(history.slice(0, 1));
    expect(toldAgain).toEqual(history);
    expect(contents(folder)).toEqual(contents(whole));
  });

  it("by kill -9 goes on to the same files, bit for bit, whatever runs beside it", async () => {
    const config = tinyConfig(data, { model: "lenet", epochs: 2 });
    const [whole, killed] = [temporaryFolder(), temporaryFolder()];
    const beside = run(config, whole);
    expect(await run(config, killed, 10)).toBe("SIGKILL");
    expect(existsSync(join(killed, "checkpoint.npz"))).toBe(true);
    expect(await run(config, killed)).toBe(0);
    expect(await beside).toBe(0);
    expect(contents(killed)).toEqual(contents(whole));
  });

  it("keeps its folder from another run", async () => {
    const folder = temporaryFolder();
    const signal = AbortSignal.abort(new Error("at once"));
    const config = tinyConfig(data, { epochs: 1 });
    let step = 0;
    const stop = new AbortController();
    const stopped = train(
      { ...config, epochs: 2 },
      { folder, signal: stop.signal, onProgress: () => ++step === 8 && stop.abort() },
    );
    await expect(stopped).rejects.toThrow();
    await expect(train(config, { folder, signal })).rejects.toThrow(
      `folder must be empty or of the same run, got ${folder}, where a run of another configuration, data or version was stopped; choose another or remove it`,
    );
  });

  /** Runs a process to its end: its exit code, or what killed it. */
  async function run(config: TrainingConfig, folder: string, dieAtStep = 0): Promise<number | NodeJS.Signals> {
    const script = fileURLToPath(new URL("./support/train-process.js", import.meta.url));
    const words = [script, JSON.stringify(config), folder, String(dieAtStep)];
    const [code, signal] = await once(spawn(process.execPath, words, { stdio: "inherit" }), "exit");
    return code ?? signal;
  }
});

describe("a wrong configuration is refused in one sentence", () => {
  it.each<[Partial<TrainingConfig>, string]>([
    [{ labelSmoothing: 1.5 }, "labelSmoothing must be in [0, 1], got 1.5"],
    [{ labelSmoothing: Number.NaN }, "labelSmoothing must be in [0, 1], got NaN"],
    [{ model: "vgg" }, "model must be one of softmax, mlp, lenet, lenet5, cleverhans, got vgg"],
    [{ seed: 0.5 }, "seed must be an integer, got 0.5"],
    [{ epochs: 0 }, "epochs must be an integer of at least 1, got 0"],
    [{ batchSize: 2.5 }, "batchSize must be an integer of at least 1, got 2.5"],
    [{ learningRate: 0 }, "learningRate must be a finite number above 0, got 0"],
    [{ optimizer: "lion" as "adam" }, "optimizer must be adam, sgd or momentum, got lion"],
    [{ labelNoise: -0.1 }, "labelNoise must be in [0, 1], got -0.1"],
    [
      { validationSize: 320 },
      "validationSize must be a whole number below the 320 training images, got 320; --validation-size sets it",
    ],
    [
      { trainSize: 241 },
      "trainSize must be an integer in [1, 240], the images that validation leaves, got 241; --train-size sets it, and all takes all of them",
    ],
    [{ trainRows: "last" as "first" }, "trainRows must be drawn or first, got last"],
    [{ adversary: { attack: fgsm, coefficient: 1.5 } }, "adversary's coefficient must be in [0, 1], got 1.5"],
    [
      { adversary: { attack: { ...fgsm, epsilon: -0.1 }, coefficient: 0.5 } },
      "epsilon must be in [0, 1], got -0.1; 1 already reaches every input in [0, 1]",
    ],
    [{ prior: [0.5, 0.5] }, "prior must have one number for each of 4 classes, got 2"],
  ])("%o", async (changes, message) => {
    await expect(train(tinyConfig(data, changes), { folder: temporaryFolder() })).rejects.toThrow(
      new ArgumentError(message),
    );
  });

  it("a rate at which the loss is lost says so", async () => {
    const config = tinyConfig(data, { optimizer: "sgd", learningRate: 1e30 });
    await expect(train(config, { folder: temporaryFolder() })).rejects.toThrow(
      "training diverged: the loss became NaN in epoch 1; lower the learning rate (1e+30)",
    );
  });

  it("a rate at which the attacked model is lost says so too", async () => {
    const adversary = { attack: fgsm, coefficient: 0.5 };
    const config = tinyConfig(data, { optimizer: "sgd", learningRate: 1e38, adversary });
    await expect(train(config, { folder: temporaryFolder() })).rejects.toThrow(
      /^training diverged: the model's (?:logits|input gradient) became (?:NaN|-?Infinity) in epoch 1; lower the learning rate \(1e\+38\)$/,
    );
  });

  it("a folder that is a file", async () => {
    const folder = join(temporaryFolder(), "taken");
    writeFileSync(folder, "");
    await expect(train(tinyConfig(data), { folder })).rejects.toThrow(
      `--out must be a folder, or a place for a new one, got the file ${folder}`,
    );
  });
});
