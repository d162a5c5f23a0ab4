import { ArgumentError } from "softlabel";
import { describe, expect, test } from "vitest";
import { placePattern } from "../../../src/experiment/sources/given/place-pattern.ts";

describe("placePattern", () => {
  test.each<[string, string, object | null]>([
    ["{epsilon}/s{seed}", "0.1/s3", { epsilon: 0.1, seed: 3 }],
    ["{name}/{seed}", "baseline/12", { name: "baseline", epsilon: 0, seed: 12 }],
    ["{name}/{seed}", "focal/12", { name: "focal", seed: 12 }],
    ["{name}-e{epsilon}/*/{seed}", "lenet-e0.25/night run/2", { name: "lenet", epsilon: 0.25, seed: 2 }],
    ["{name}_{seed}", "a_b_7", { name: "a_b", seed: 7 }],
    ["{epsilon}/seed{seed}.npz", "0/seed4.npz", { epsilon: 0, seed: 4 }],
    ["run(1)+{epsilon}/{seed}", "run(1)+.5/4", { epsilon: 0.5, seed: 4 }],
    ["{epsilon}/{seed}", "deep/0.1/4", null],
    ["{epsilon}/seed{seed}.npz", "0/seed4xnpz", null],
    ["{epsilon}/{seed}", "0.1/four", null],
  ])("%s reads %s", (pattern, place, told) => {
    expect(placePattern(pattern)(place)).toEqual(told);
  });

  test.each([
    ["{epsilon}", "--pattern must have {seed} and {name} or {epsilon}, got {epsilon}"],
    ["{seed}", "--pattern must have {seed} and {name} or {epsilon}, got {seed}"],
    ["runs", "--pattern must have {seed} and {name} or {epsilon}, got runs"],
    ["{arm}/{seed}", "--pattern must be of {name}, {epsilon} and {seed}, each once, got {arm} in {arm}/{seed}"],
    [
      "{seed}/{seed}/{name}",
      "--pattern must be of {name}, {epsilon} and {seed}, each once, got {seed} twice in {seed}/{seed}/{name}",
    ],
    ["{name/{seed}", "--pattern must be of {name}, {epsilon} and {seed}, each once, got { in {name/{seed}"],
  ])("refuses %s", (pattern, message) => {
    expect(() => placePattern(pattern)).toThrow(new ArgumentError(message));
  });
});
