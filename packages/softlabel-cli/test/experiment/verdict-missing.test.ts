import { describe, expect, test } from "vitest";
import type { Missing } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import { tooFewSeeds } from "../../src/experiment/verdict-changes.ts";
import { nothingToCompare } from "../../src/experiment/verdict-limits.ts";
import { everySeed, firstLine, missingResults, namesLeftOut } from "../../src/experiment/verdict-missing.ts";
import { evidence, namedEvidence } from "../report/support/evidence.ts";

const killed = "the trainer was killed by SIGKILL";
const failed = "the trainer ended with exit code 1; it wrote last:\n    Traceback\n    ValueError: no";
const better = { shift: { accuracy: 0.02 } };

function missingOf(...missing: readonly Missing[]): string[] {
  return missingResults(evidence(6, { 0.1: better }, { missing }));
}

describe("trials without a result", () => {
  test("are nothing to speak of when there are none", () => {
    expect(missingOf()).toEqual([]);
  });

  test("are counted and named with their reason's first line, and their seeds are said to be compared nowhere", () => {
    expect(missingOf({ arm: "ε = 0.1", seed: 8, reason: failed })).toEqual([
      "1 of 14 trials has no result: ε = 0.1 with seed 8 (the trainer ended with exit code 1). Seed 8 is compared nowhere.",
    ]);
    expect(
      missingOf({ arm: "ε = 0", seed: 7, reason: killed }, { arm: "ε = 0.1", seed: 9, reason: `${killed}.` }),
    ).toEqual([
      `2 of 16 trials have no result: ε = 0 with seed 7 (${killed}) and ε = 0.1 with seed 9 (${killed}). ` +
        "Seeds 7 and 9 are compared nowhere.",
    ]);
  });

  test("are counted arm by arm when they are many, with the first reason of each", () => {
    const missing = [7, 8, 9, 10].flatMap((seed) => [
      { arm: "ε = 0", seed, reason: killed },
      { arm: "ε = 0.1", seed, reason: failed },
    ]);
    expect(missingOf(...missing)).toEqual([
      `8 of 20 trials have no result: 4 of ε = 0 (seed 7: ${killed}) and 4 of ε = 0.1 (seed 7: the trainer ended with ` +
        "exit code 1). Seeds 7, 8, 9 and 10 are compared nowhere.",
    ]);
  });

  test("stay a short sentence however many arms, seeds and lines there are", () => {
    const arms = Array.from({ length: 12 }, (_, i) => ({ name: `arm ${i} `.padEnd(80, "x"), epsilon: i / 100 }));
    const missing = arms.flatMap(({ name }) =>
      Array.from({ length: 20 }, (_, i) => ({ arm: name, seed: 7 + i, reason: `${"long ".repeat(200)}\n`.repeat(9) })),
    );
    const [sentence, ...more] = missingResults(namedEvidence(6, arms, { missing }));
    expect(more).toEqual([]);
    expect(sentence).toMatch(/^240 of 312 trials have no result: 20 of “arm 0 x+” \(seed 7: long .*…\), 20 of “arm 1/);
    expect(sentence).toMatch(/ and those of 9 more arms\. 20 seeds are compared nowhere\.$/);
    expect(sentence?.length).toBeLessThan(900);
  });

  test("of a whole arm leave it out by name, and no seed is lost for it", () => {
    const all = (arm: string): Missing[] => [1, 2, 3, 4, 5, 6].map((seed) => ({ arm, seed, reason: failed }));
    expect(missingOf(...all("cosine schedule"))).toEqual([
      "Left out, having no result on any seed: “cosine schedule” (seed 1: the trainer ended with exit code 1).",
    ]);
    const many = missingOf(...["a", "b", "c", "d", "e"].flatMap(all));
    expect(many).toEqual([
      "Left out, having no result on any seed: “a”, “b” and 3 others (the first, seed 1: the trainer ended with exit code 1).",
    ]);
  });

  test("of a whole arm and of others are two sentences, and the count is of the arms that are compared", () => {
    const results = evidence(
      6,
      { 0.1: better },
      {
        missing: [
          { arm: "ε = 0", seed: 7, reason: killed },
          ...[1, 7].map((seed) => ({ arm: "b", seed, reason: failed })),
        ],
      },
    );
    expect(missingResults(results)).toEqual([
      expect.stringMatching(/^Left out, .*“b” \(seed 1: /),
      expect.stringMatching(/^1 of 14 trials has no result: ε = 0 with seed 7 .* Seed 7 is compared nowhere\.$/),
    ]);
    expect(namesLeftOut(results)).toEqual(["b"]);
    expect(everySeed(results)).toEqual([1, 2, 3, 4, 5, 6, 7]);
  });

  test("come right after the first sentence of the verdict", () => {
    const missing = [{ arm: "ε = 0.1", seed: 8, reason: failed }];
    const [plain, told] = [evidence(6, { 0.1: better }), evidence(6, { 0.1: better }, { missing })].map(verdict);
    expect(told).toEqual([plain?.[0], ...missingOf(...missing), ...(plain?.slice(1) ?? [])]);
  });

  test("leave p the least value that the remaining seeds can reach", () => {
    const missing = [{ arm: "ε = 0.1", seed: 6, reason: failed }];
    expect(tooFewSeeds(evidence(5, { 0.1: better }, { missing }))[0]).toMatch(/^5 seeds cannot show .* below 0\.063,/);
  });

  test("of every arm but the base leave nothing to compare, and no option is proposed that was typed already", () => {
    const missing = [1, 2, 3].map((seed) => ({ arm: "ε = 0.1", seed, reason: killed }));
    const results = evidence(3, {}, { missing });
    expect(nothingToCompare(results)).toEqual(["Only ε = 0 has predictions, so there is nothing to compare."]);
    expect(verdict(results)).toEqual([
      "Only ε = 0 has predictions, so there is nothing to compare.",
      `Left out, having no result on any seed: ε = 0.1 (seed 1: ${killed}).`,
    ]);
  });
});

test("a reason's first line ends before the log, and is cut where it is long", () => {
  expect([failed, "  it failed.  ", "no file; the folder holds:\nx", "a: b", ""].map(firstLine)).toEqual([
    "the trainer ended with exit code 1",
    "it failed",
    "no file",
    "a: b",
    "",
  ]);
  expect(firstLine("\u001b[31mred\u001b[0m\r\nmore")).toBe("red");
  expect(firstLine("🎯".repeat(200))).toBe(`${"🎯".repeat(139)}…`);
});
