import { describe, expect, it } from "vitest";
import { models } from "../../src/models/models.ts";
import { createModel, parameterCount } from "../../src/models/parameters.ts";

const mnist = { height: 28, width: 28, channels: 1, classes: 10 };
const shapes = (name: string, image = mnist): string[] =>
  createModel(name, image, 1).parameters.map(({ shape }) => shape.join("×"));

const bytes = (values: Float32Array): Uint8Array => new Uint8Array(values.buffer);

describe("the reference models", () => {
  it("have the shapes of the literature on MNIST", () => {
    expect(shapes("softmax")).toEqual(["784×10", "10"]);
    expect(shapes("mlp")).toEqual(["784×512", "512", "512×512", "512", "512×10", "10"]);
    expect(shapes("lenet5")).toEqual([
      "5×5×1×6",
      "6",
      "5×5×6×16",
      "16",
      "400×120",
      "120",
      "120×84",
      "84",
      "84×10",
      "10",
    ]);
    expect(shapes("lenet")).toEqual(["5×5×1×32", "32", "5×5×32×64", "64", "3136×128", "128", "128×10", "10"]);
    expect(shapes("cleverhans")).toEqual(["8×8×1×64", "64", "6×6×64×128", "128", "5×5×128×128", "128", "128×10", "10"]);
    expect(parameterCount(createModel("lenet5", mnist, 1))).toBe(61_706); // LeCun et al. 1998 count about 60,000
  });

  it("adapt to other images and classes", () => {
    const image = { height: 32, width: 20, channels: 3, classes: 100 };
    expect(shapes("lenet5", image)).toEqual([
      "5×5×3×6",
      "6",
      "5×5×6×16",
      "16",
      "288×120",
      "120",
      "120×84",
      "84",
      "84×100",
      "100",
    ]);
  });

  it("name their parameters as saved models do", () => {
    const names = createModel("lenet", mnist, 1).parameters.map(({ name }) => name);
    expect(names.slice(0, 6)).toEqual([
      "conv2d_1/kernel",
      "conv2d_1/bias",
      "conv2d_2/kernel",
      "conv2d_2/bias",
      "dense_3/kernel",
      "dense_3/bias",
    ]);
  });

  it.each(Object.keys(models))("begin with the seed's weights, and biases of 0: %s", (name) => {
    const [model, same, other] = [1, 1, 2].map((seed) => createModel(name, mnist, seed));
    for (const [i, { name: parameter, values }] of model.parameters.entries()) {
      expect(Buffer.compare(bytes(same.parameters[i].values), bytes(values))).toBe(0);
      if (parameter.endsWith("bias")) expect(values.every((value) => value === 0)).toBe(true);
      else expect(Buffer.compare(bytes(other.parameters[i].values), bytes(values))).not.toBe(0);
    }
  });

  const kernels = (name: string): { fanIn: number; fanOut: number; values: Float32Array }[] =>
    createModel(name, mnist, 1)
      .parameters.filter(({ shape }) => shape.length > 1)
      .map(({ shape, values }) => {
        const area = shape.length === 4 ? shape[0] * shape[1] : 1;
        return { fanIn: area * shape[shape.length - 2], fanOut: area * shape[shape.length - 1], values };
      });

  it.each(["softmax", "mlp", "lenet", "lenet5"])("begin within Glorot's bound and near it: %s", (name) => {
    for (const { fanIn, fanOut, values } of kernels(name)) {
      const limit = Math.sqrt(6 / (fanIn + fanOut));
      const largest = values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      expect(largest).toBeLessThanOrEqual(Math.fround(limit));
      expect(largest).toBeGreaterThan(0.9 * limit);
    }
  });

  it("begin normal with variance 1 / fanIn: cleverhans", () => {
    for (const { fanIn, values } of kernels("cleverhans")) {
      const draws = values.map((value) => value * Math.sqrt(fanIn));
      const mean = (power: number): number => draws.reduce((sum, z) => sum + z ** power, 0) / draws.length;
      // Means of N draws of z, z², z³, z⁴ lie within five standard errors: √(1, 2, 15, 96) / √N.
      const errors = [1, 2, 15, 96].map((variance) => 5 * Math.sqrt(variance / draws.length));
      for (const [i, moment] of [0, 1, 0, 3].entries()) expect(Math.abs(mean(i + 1) - moment)).toBeLessThan(errors[i]);
    }
  });

  it("refuse a name that none has, and images that are too small", () => {
    expect(() => createModel("lenett", mnist, 1)).toThrow(
      "model must be one of softmax, mlp, lenet, lenet5, cleverhans, got lenett",
    );
    expect(() => createModel("toString", mnist, 1)).toThrow(
      "model must be one of softmax, mlp, lenet, lenet5, cleverhans, got toString",
    );
    expect(() => createModel("lenet5", { ...mnist, height: 8 }, 1)).toThrow(
      "images must be large enough for lenet5, got 8×28; choose the model softmax or mlp",
    );
    expect(shapes("cleverhans", { ...mnist, height: 27 })[4]).toBe("5×5×128×128");
    expect(() => createModel("cleverhans", { ...mnist, height: 26 }, 1)).toThrow(
      "images must be large enough for cleverhans, got 26×28; choose the model softmax or mlp",
    );
  });
});
