import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { models } from "../../src/models/models.ts";
import { createModel, type Model } from "../../src/models/parameters.ts";
import { imageTensor, parameterTensors } from "../../src/training/as-tensors.ts";
import { forward } from "../../src/training/forward.ts";
import { saveModel } from "../../src/training/save-model.ts";
import { startTensorFlow } from "../../src/training/start.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, values } from "./support/backends.ts";
import { temporaryFolder } from "./support/tiny-dataset.ts";

beforeAll(startTensorFlow);

describe("a saved model", () => {
  const { random } = cases(11);
  const image = { height: 28, width: 29, channels: 2, classes: 5 };

  /** With biases that are not 0, as a trained model has them. */
  function someModel(name: string): Model {
    const model = createModel(name, image, 9);
    for (const { name: parameter, values: bias } of model.parameters) {
      if (parameter.endsWith("bias")) bias.set(bias.map(() => random() - 0.5));
    }
    return model;
  }

  it.each(Object.keys(models))("loads in TensorFlow.js as published and gives the same logits: %s", async (name) => {
    const model = someModel(name);
    const folder = temporaryFolder();
    await saveModel(folder, model);
    const { data } = values([3, 28, 29, 2], random);
    const logits = tf.tidy(() => forward(model, parameterTensors(model), imageTensor(model, data)).logits.dataSync());
    const script = fileURLToPath(new URL("./support/stock-predictions.js", import.meta.url));
    const input = JSON.stringify({ shape: [3, 28, 29, 2], data: [...data] });
    const stock: number[] = JSON.parse(execFileSync(process.execPath, [script, folder], { input, encoding: "utf8" }));
    expect(stock).toHaveLength(15);
    // float32 sums of up to some thousand terms, in another order.
    for (const [i, z] of stock.entries()) expect(Math.abs(logits[i] - z)).toBeLessThan(1e-4);
  });

  it("is the same file for the same weights", async () => {
    const [a, b] = [temporaryFolder(), temporaryFolder()];
    await saveModel(a, createModel("lenet5", image, 2));
    await saveModel(b, createModel("lenet5", image, 2));
    for (const name of ["model.json", "weights.bin"]) {
      expect(readFileSync(join(a, name)).equals(readFileSync(join(b, name)))).toBe(true);
    }
  });

  it("leaves nothing in memory", async () => {
    const before = tf.memory();
    await saveModel(temporaryFolder(), someModel("lenet"));
    const { numTensors, numDataBuffers } = tf.memory();
    expect({ numTensors, numDataBuffers }).toEqual({
      numTensors: before.numTensors,
      numDataBuffers: before.numDataBuffers,
    });
  });
});
