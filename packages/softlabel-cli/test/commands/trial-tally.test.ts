import { describe, expect, test } from "vitest";
import { createTally, describeTrial } from "../../src/commands/trial-tally.ts";
import { adversarialDefaults } from "../../src/experiment/adversarial/options.ts";
import { planAdversarialTrials } from "../../src/experiment/adversarial/plan-trials.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import { planTrials } from "../experiment/support/plan-trials.ts";

const trials = planTrials({ ...compareDefaults, seeds: 2, epsilon: [0, 0.1] }, { dataHash: "d", codeVersion: "c" });
const progress = (step: number) => ({ epoch: 1, epochs: 3, step, totalSteps: 24, trainLoss: 0.5 });

describe("createTally", () => {
  test("counts steps over all trials, those of ended and of running ones", () => {
    const tally = createTally();
    tally.plan({ trials, work: () => 24 });
    expect([tally.done(), tally.total(), tally.text()]).toEqual([0, 24 * 4, "0 of 4 trials"]);
    tally.count({ type: "reused", trial: trials[0] });
    tally.count({ type: "started", trial: trials[1] });
    tally.count({ type: "progress", trial: trials[1], progress: progress(5) });
    tally.count({ type: "progress", trial: trials[2], progress: progress(7) });
    expect([tally.done(), tally.text()]).toEqual([24 + 5 + 7, "1 of 4 trials"]);
    tally.count({ type: "progress", trial: trials[1], progress: progress(24) });
    expect(tally.done()).toBe(24 + 23 + 7);
    tally.count({ type: "finished", trial: trials[1] });
    tally.count({ type: "failed", trial: trials[2], reason: "killed" });
    expect([tally.done(), tally.text(), tally.trials()]).toEqual([3 * 24, "3 of 4 trials, 1 failed", 4]);
  });
});

describe("trials of different work", () => {
  test("count as much as they are, whatever their own steps are", () => {
    const tally = createTally();
    tally.plan({ trials: trials.slice(0, 2), work: (trial) => (trial === trials[0] ? 30 : 10) });
    tally.count({ type: "progress", trial: trials[0], progress: { step: 1, totalSteps: 4 } });
    tally.count({ type: "progress", trial: trials[1], progress: { step: 50, totalSteps: 100 } });
    expect([tally.done(), tally.total()]).toEqual([Math.round(30 / 4 + 10 / 2), 40]);
    tally.count({ type: "finished", trial: trials[0] });
    expect(tally.done()).toBe(35);
  });
});

describe("describeTrial", () => {
  test("names a trial by what tells it from the others", () => {
    expect(describeTrial(trials[3])).toBe("the trial ε = 0.1, seed 2");
    const ingredients = { dataHash: "d", codeVersion: "c", attackCodeVersion: "a" };
    const { train, craft, attack } = planAdversarialTrials(adversarialDefaults, ingredients);
    expect(train.map(describeTrial).slice(0, 3)).toEqual([
      "the trial ε = 0 trained adversarially, seed 1",
      "the trial ε = 0.1 trained adversarially, seed 1",
      "the trial ε = 0, seed 1",
    ]);
    const config = {
      labelSmoothing: 0.1,
      seed: 4,
      prior: [0.5, 0.5],
      convention: "all-classes",
      parameters: { lr: 2 },
    } as const;
    expect(describeTrial({ id: "e", kind: "external", config })).toBe("the trial ε = 0.1, prior given, lr 2, seed 4");
    expect(describeTrial(craft[0])).toBe("the images that are transferred, seed 2");
    expect(describeTrial(attack[3])).toBe("the attack on ε = 0.1, seed 1");
  });
});
