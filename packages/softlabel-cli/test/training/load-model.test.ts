import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { DataError } from "../../src/data/data-error.ts";
import { models } from "../../src/models/models.ts";
import { createModel, type Model } from "../../src/models/parameters.ts";
import { loadModel } from "../../src/training/load-model.ts";
import { saveModel } from "../../src/training/save-model.ts";
import { startTensorFlow } from "../../src/training/start.ts";

const image = { height: 28, width: 28, channels: 1, classes: 10 };

beforeAll(startTensorFlow);

async function saved(model: Model): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-model-"));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  await saveModel(folder, model);
  return folder;
}

/** Weights as training leaves them: biases too are not 0. */
function trainedLike(name: string): Model {
  const model = createModel(name, image, 7);
  for (const { values } of model.parameters) for (let i = 0; i < values.length; i++) values[i] += Math.sin(i) / 100;
  return model;
}

describe("loadModel", () => {
  test.each(Object.keys(models))("gives back the model %s as it was saved, bit for bit", async (name) => {
    const model = trainedLike(name);
    expect(loadModel(await saved(model), name, image)).toEqual(model);
  });

  test("refuses another model and other images", async () => {
    const folder = await saved(trainedLike("softmax"));
    const path = join(folder, "model.json");
    expect(() => loadModel(folder, "mlp", image)).toThrow(
      new DataError(`${path} must hold dense_1/kernel [784, 512] float32, got dense_1/kernel [784, 10] float32`),
    );
    expect(() => loadModel(folder, "softmax", { ...image, width: 14 })).toThrow(DataError);
  });

  test("refuses weights that are cut off or too many", async () => {
    const folder = await saved(trainedLike("softmax"));
    const path = join(folder, "weights.bin");
    const bytes = readFileSync(path);
    for (const wrong of [bytes.subarray(0, -4), Buffer.concat([bytes, bytes.subarray(0, 4)])]) {
      writeFileSync(path, wrong);
      expect(() => loadModel(folder, "softmax", image)).toThrow(
        new DataError(`${path} must hold ${4 * 7850} bytes, got ${wrong.length}`),
      );
    }
  });
});
