import { describe, expect, test } from "vitest";
import { createTally, describeTrial } from "../../src/commands/trial-tally.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import { planTrials } from "../../src/experiment/trials.ts";

const trials = planTrials({ ...compareDefaults, seeds: 2, epsilon: [0, 0.1] }, { dataHash: "d", codeVersion: "c" });
const progress = (step: number) => ({ epoch: 1, epochs: 3, step, totalSteps: 24, trainLoss: 0.5 });

describe("createTally", () => {
  test("counts steps over all trials, those of ended and of running ones", () => {
    const tally = createTally({ epochs: 3, batchSize: 128 });
    tally.plan({ trials: 4, trainRows: 1_000 });
    expect([tally.done(), tally.total(), tally.text()]).toEqual([0, 3 * 8 * 4, "0 of 4 trials"]);
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

describe("describeTrial", () => {
  test("names a trial by what tells it from the others", () => {
    expect(describeTrial(trials[3])).toBe("the trial ε = 0.1, seed 2");
  });
});
