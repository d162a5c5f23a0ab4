import { mkdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { randomStream } from "../../../src/data/random.ts";
import { finishTrial, openTrial } from "../../../src/experiment/trial-store.ts";
import { temporaryFolder } from "../support/worker.ts";
import { drawDeck } from "./support/chaos-deck.ts";
import { chaosTrials, diaryOf } from "./support/chaos-experiment.ts";
import { faultsOf, repeatedTrials, watchTrials } from "./support/chaos-witness.ts";

const draw = (seed: number) => drawDeck(randomStream(seed, "chaos"), 60);

describe("the deck of the chaos", () => {
  test("is the same for the same seed, and another for another", () => {
    expect(draw(3)).toEqual(draw(3));
    expect(draw(3)).not.toEqual(draw(4));
  });

  test("has the same cards for every seed, which all fall before three quarters of the trials have ended", () => {
    const sorted = (seed: number) =>
      draw(seed)
        .blows.map(({ blow }) => blow)
        .sort();
    for (let seed = 1; seed <= 20; seed++) {
      const { blows, fates } = draw(seed);
      expect(sorted(seed)).toEqual(sorted(1));
      expect(fates).toHaveLength(5);
      const thresholds = blows.map(({ finished }) => finished);
      expect(thresholds).toEqual(thresholds.toSorted((a, b) => a - b));
      expect(Math.max(...thresholds)).toBeLessThan(45);
    }
  });
});

describe("the witness of the chaos", () => {
  const [first, second] = chaosTrials;

  const finish = (out: string, trial: typeof first, content: string): void => {
    const folder = openTrial(out, trial.id);
    for (const name of ["predictions.npz", "history.jsonl", "penultimate.npz"])
      writeFileSync(join(folder, name), content);
    finishTrial(out, folder, trial, 1);
  };

  test("counts results, and reports one that changes or goes", () => {
    const out = temporaryFolder();
    const witness = watchTrials(out);
    expect(witness.look()).toBe(0);
    finish(out, first, "a");
    finish(out, second, "b");
    expect([witness.look(), witness.look()]).toEqual([2, 2]);
    expect(witness.problems).toEqual([]);

    renameSync(join(out, "trials", first.id), join(out, "aside"));
    finish(out, first, "a");
    rmSync(join(out, "trials", second.id), { recursive: true });
    witness.look();
    expect(witness.problems).toEqual([
      `trial ${first.id} had an accepted result, and then another one`,
      `trial ${second.id} had an accepted result, and then none`,
    ]);
  });

  test("names what is lost, what differs and what is left behind", () => {
    const out = temporaryFolder();
    mkdirSync(join(out, "trials", `${first.id}.unfinished`), { recursive: true });
    expect(faultsOf(out, '{"arms":[1]}')).toEqual([
      "60 trials have no result",
      "there is no results.json",
      `left behind: trials/${first.id}.unfinished`,
    ]);
    rmSync(join(out, "trials"), { recursive: true });
    writeFileSync(join(out, "results.json"), '{ "arms": [2], "run": { "seconds": 1 } }');
    expect(faultsOf(out, '{"arms":[1]}')).toEqual([
      "60 trials have no result",
      "results.json differs from the undisturbed run's",
    ]);
    expect(faultsOf(out, '{"arms":[2]}')).toEqual(["60 trials have no result"]);
  });

  test("knows from the diary which trials ran more than once", () => {
    const out = join(temporaryFolder(), "out");
    const [a, b] = [first, second].map(({ config }) => `${config.seed} ${config.labelSmoothing}`);
    const lines = [`begun ${a} 1`, `begun ${b} 2`, `begun ${b} 3`, `trained ${a} 1`, `begun ${a} 4`, `trained ${a} 4`];
    writeFileSync(diaryOf(out), `${lines.join("\n")}\n`);
    expect(repeatedTrials(out)).toEqual({ begunAgain: 2, trainedAgain: 1 });
  });
});
