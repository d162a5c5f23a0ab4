import { describe, expect, it } from "vitest";
import { builtInSpace } from "../../../src/experiment/search/built-in-space.ts";
import { parseSpace } from "../../../src/experiment/search/space.ts";

const builtIn = (...texts: string[]): unknown => builtInSpace(parseSpace(texts));

describe("the space of the laboratory's own training", () => {
  it("holds learning rate, batch size and optimizer, under the names of the command line", () => {
    const texts = ["learningRate=log:1e-4..1e-2", "batch-size=log-int:32..256", "optimizer=adam|sgd"];
    expect(builtInSpace(parseSpace(texts)).map(({ name }) => name)).toEqual([
      "batch-size",
      "learning-rate",
      "optimizer",
    ]);
    expect(() => builtIn("learning-rate=1e-3|3e-3", "batch-size=16|64")).not.toThrow();
  });

  it.each([
    ["lerning-rate=log:1e-4..1e-2", "got lerning-rate; did you mean learning-rate?"],
    [
      "weight-decay=log:1e-4..1e-2",
      "got weight-decay; known are learning-rate, batch-size, optimizer; any other needs a --trainer",
    ],
    ["toString=bool", "got to-string; known are learning-rate"],
    [
      "epochs=int:1..9",
      "--search must name another parameter than epochs: they are the budget, which early stopping divides; say it by --epochs",
    ],
    [
      "label-noise=0..0.5",
      "--search must name another parameter than label-noise: every candidate has the same, or their scores would not compare; say it by --label-noise",
    ],
    ["learning-rate=lin:0..0.5", "--search learning-rate must be numbers above 0, got lin:0..0.5"],
    ["learning-rate=0.1|fast", "--search learning-rate must be numbers above 0, got choice:0.1|fast"],
    [
      "batch-size=lin:16..64",
      "--search batch-size must be integers of at least 1: int:, log-int: or choices, got lin:16..64",
    ],
    [
      "batch-size=int:0..64",
      "--search batch-size must be integers of at least 1: int:, log-int: or choices, got int:0..64",
    ],
    ["batch-size=1.5|2", "got choice:1.5|2"],
    ["optimizer=adam|adamw", "--search optimizer must be choices of adam, sgd, momentum, got choice:adam|adamw"],
    ["optimizer=bool", "got choice:false|true"],
  ])("refuses %s", (text, message) => {
    expect(() => builtIn(text)).toThrow(message);
  });
});
