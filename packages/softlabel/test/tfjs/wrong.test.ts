import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "./backends.ts";
import { type Result, resultOf, wrongCases } from "./wrong-cases.ts";
import { wrongPage } from "./wrong-page.ts";

const page = fileURLToPath(new URL("../../../../docs/where-tfjs-is-wrong.md", import.meta.url));

/** Float32 through exponential and logarithm; the wrong numbers are a hundred times farther away. */
const near = (result: Result, truth: readonly number[]): boolean =>
  typeof result !== "string" &&
  result.length === truth.length &&
  result.every((value, i) => Math.abs(value - truth[i]) <= 2e-6 * Math.max(1, Math.abs(truth[i])));

describe("where TensorFlow.js is wrong", () => {
  beforeAll(() => useBackend("cpu"));

  it.each(wrongCases)("$title: and softlabel/tfjs is right", ({ theirs, ours, truth }) => {
    const [their, our] = [resultOf(theirs), resultOf(ours)];
    if (truth === undefined) {
      expect(our).toMatch(/^(labels|labelSmoothing) must /);
      expect(their).not.toEqual(expect.any(String));
    } else {
      expect(near(our, truth), `${our}, not ${truth}`).toBe(true);
      expect(near(their, truth), `${their}`).toBe(false);
    }
  });

  it("is told by docs/where-tfjs-is-wrong.md, as of now", async () => {
    await expect(wrongPage(wrongCases)).toMatchFileSnapshot(page);
  });
});
