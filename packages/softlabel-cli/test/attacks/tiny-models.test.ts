import { expect, it } from "vitest";
import { crossEntropyOfRow } from "../../src/attacks/judge-logits.ts";
import { randomStream } from "../../src/data/random.ts";
import { drawnWeights, type TinyNetwork, tinyModel, uniform } from "./support/tiny-models.ts";

it.each<[string, TinyNetwork]>([
  ["linear", { hidden: null, weights: drawnWeights(4, 3, 1, "last"), bias: [0.1, -0.2, 0.3] }],
  [
    "ReLU",
    { hidden: { weights: drawnWeights(4, 6, 2, "first"), activation: "relu" }, weights: drawnWeights(6, 3, 2, "last") },
  ],
  [
    "sigmoid",
    {
      hidden: { weights: drawnWeights(4, 6, 3, "first", 2), activation: "sigmoid" },
      weights: drawnWeights(6, 3, 3, "last", 2),
      scale: 1.5,
    },
  ],
])("the input gradient of the %s model that these tests attack agrees with central differences", (_, network) => {
  const model = tinyModel(network);
  const inputs = uniform(5 * 4, randomStream(4, "inputs"));
  const labels = Int32Array.of(0, 1, 2, 1, 0);
  const { gradient } = model.inputGradient(inputs, labels);
  const step = 2 ** -8;
  for (let i = 0; i < inputs.length; i++) {
    const row = Math.floor(i / 4);
    const lossAt = (value: number): number => {
      const moved = inputs.slice();
      moved[i] = value;
      return crossEntropyOfRow(model.logits(moved), row, 3, labels[row]);
    };
    // Logits are float32, 6e-8 each, over a step of 2⁻⁷; the third derivative adds 3e-6 · ‖w‖³.
    expect(gradient[i]).toBeCloseTo((lossAt(inputs[i] + step) - lossAt(inputs[i] - step)) / (2 * step), 3);
  }
});
