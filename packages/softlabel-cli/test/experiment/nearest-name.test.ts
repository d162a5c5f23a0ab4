import { describe, expect, test } from "vitest";
import { nearestName } from "../../src/experiment/nearest-name.ts";

describe("nearestName", () => {
  const names = ["epsilon", "epochs", "trainSize", "learningRate", "seeds"];

  test.each([
    ["epsilom", "epsilon"],
    ["epcohs", "epochs"],
    ["trainsize", "trainSize"],
    ["learningrat", "learningRate"],
    ["seed", "seeds"],
    ["sedes", "seeds"],
  ])("takes %s for %s", (typed, meant) => {
    expect(nearestName(typed, names)).toBe(meant);
  });

  test("names nothing when nothing is near", () => {
    expect(nearestName("momentum", names)).toBeNull();
    expect(nearestName("x", names)).toBeNull();
  });

  test("of several as near, takes the first", () => {
    expect(nearestName("lenet9", ["lenet5", "lenet7"])).toBe("lenet5");
  });
});
