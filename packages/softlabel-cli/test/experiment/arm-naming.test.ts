import { describe, expect, test } from "vitest";
import {
  allNamedByEpsilon,
  armInWords,
  differInEpsilonAlone,
  isNamedByEpsilon,
  isPlainSmoothing,
  nameInWords,
  tidied,
} from "../../src/experiment/arm-naming.ts";
import type { ArmSettings } from "../../src/experiment/results.ts";
import { at, listed, namedArms, numbersInWords, stepsInWords } from "../../src/experiment/verdict-wording.ts";

const byEpsilon = (epsilon: number) => ({ name: `ε = ${epsilon}`, epsilon });
const cosine = { name: "cosine schedule", epsilon: 0.1 };

describe("what an arm is called in a sentence", () => {
  test("is its ε where that is its name, and its own name in quotes elsewhere", () => {
    expect([byEpsilon(0), byEpsilon(1e-7), cosine].map(armInWords)).toEqual(["ε = 0", "ε = 1e-7", "“cosine schedule”"]);
    expect([byEpsilon(0.1), cosine].map(at)).toEqual(["at ε = 0.1", "with “cosine schedule”"]);
  });

  test("is in quotes where the name says another ε than the arm has", () => {
    expect(isNamedByEpsilon({ name: "ε = 0.3", epsilon: 0.1 })).toBe(false);
    expect(armInWords({ name: "ε = 0.3", epsilon: 0.1 })).toBe("“ε = 0.3”");
  });

  test("lists ε without repeating its sign, and more than four names as two and a count", () => {
    expect(namedArms([byEpsilon(0.05), byEpsilon(0.1), byEpsilon(0.2)])).toBe("ε = 0.05, 0.1 and 0.2");
    expect(namedArms([byEpsilon(0.1), cosine])).toBe("ε = 0.1 and “cosine schedule”");
    const named = ["a", "b", "c", "d", "e"].map((name) => ({ name, epsilon: 0.1 }));
    expect(namedArms(named.slice(1))).toBe("“b”, “c”, “d” and “e”");
    expect(namedArms(named)).toBe("“a”, “b” and 3 others");
    expect(listed([])).toBe("");
  });

  test("has single quotes within its own, one line, and nothing that controls a terminal or the direction of writing", () => {
    const name = "a “b”\n\u001b[31mred\u202e \u2066x\u0000\ufffe\ud800";
    expect(armInWords({ name, epsilon: 0 })).toBe("“a ‘b’ red x”");
    expect(tidied("  👩‍🔬 标签  תווית ")).toBe("👩‍🔬 标签 תווית");
  });

  test("of which nothing but the name is known is bare when it reads as an ε", () => {
    expect(["ε = 0.05", "ε = 1e-7", "ε = 0.1, prior class-frequencies", "no smoothing"].map(nameInWords)).toEqual([
      "ε = 0.05",
      "ε = 1e-7",
      "“ε = 0.1, prior class-frequencies”",
      "“no smoothing”",
    ]);
  });
});

describe("arms of --epsilon", () => {
  const base = { ...byEpsilon(0), difference: null };

  test("are plain smoothing when all are called by their ε and the base is ε = 0", () => {
    expect(isPlainSmoothing([base, { ...byEpsilon(0.1), difference: {} }])).toBe(true);
    expect(isPlainSmoothing([base, { ...cosine, difference: {} }])).toBe(false);
    expect(
      isPlainSmoothing([
        { ...byEpsilon(0.05), difference: null },
        { ...byEpsilon(0), difference: {} },
      ]),
    ).toBe(false);
    expect(allNamedByEpsilon([])).toBe(true);
  });

  const settings = (changes: Partial<ArmSettings>): Omit<ArmSettings, "name"> => ({
    epsilon: 0.1,
    prior: "uniform",
    convention: "all-classes",
    parameters: {},
    ...changes,
  });

  test("differ in ε alone, whatever prior and convention ε = 0 has", () => {
    const others = [settings({}), settings({ epsilon: 0.2 })];
    expect(differInEpsilonAlone([settings({ epsilon: 0, prior: "class-frequencies" }), ...others])).toBe(true);
    expect(differInEpsilonAlone([...others, settings({ prior: [0.5, 0.5] })])).toBe(false);
    expect(differInEpsilonAlone([...others, settings({ convention: "other-classes" })])).toBe(false);
    expect(differInEpsilonAlone([...others, settings({ parameters: { decay: 0.1 } })])).toBe(false);
    const [one, same] = [settings({ parameters: { a: 1, b: "x" } }), settings({ parameters: { b: "x", a: 1 } })];
    expect(differInEpsilonAlone([one, same])).toBe(true);
  });
});

describe("a metric's steps to several arms", () => {
  const difference = (mean: number) => ({
    mean,
    low: mean - 0.01,
    high: mean + 0.01,
    p: 0.01,
    pHolm: 0.02,
    perSeed: [],
  });
  const step = (arm: { name: string; epsilon: number }, change: number) => ({
    arm,
    from: 0.3,
    to: 0.3 + change,
    difference: difference(change),
  });

  test("name each arm where it stands", () => {
    expect(stepsInWords("nll", [step(cosine, 0.1), step(byEpsilon(0.2), 0.2)])).toBe(
      "from 0.300 to 0.400 nats with “cosine schedule” (+0.100, 95% interval +0.090 to +0.110), " +
        "0.500 at ε = 0.2 (+0.200, +0.190 to +0.210)",
    );
  });

  test("of more than four arms are the least and the most, and an arm that ends nowhere is neither", () => {
    const steps = [0.2, 0.05, 0.4, 0.1, 0.3].map((change) => step(byEpsilon(change), change));
    const words =
      "from 0.300 to between 0.350 nats at ε = 0.05 (+0.050, 95% interval +0.040 to +0.060) " +
      "and 0.700 at 0.4 (+0.400, +0.390 to +0.410)";
    expect(stepsInWords("nll", steps)).toBe(words);
    expect(stepsInWords("nll", [...steps, { ...step(byEpsilon(0.5), 0.5), to: Number.NaN }])).toBe(words);
    expect(stepsInWords("nll", steps.slice(1))).not.toContain("between");
  });

  test("as numbers alone are listed while they are four, and a range from the fifth on", () => {
    expect(numbersInWords([0.5, 0.4, 0.75, 0.6], 2)).toBe("0.50, 0.40, 0.75 and 0.60");
    expect(numbersInWords([0.5, 0.4, 0.75, 0.6, 0.55], 2)).toBe("0.40 to 0.75");
  });
});
