/*
 * Made-up learners write real predictions files; what is tested is which ε is trained, read and chosen, never what
 * training gives.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { formatNpz, readNpz } from "../../../src/data/npz.ts";
import { chooseExperiment } from "../../../src/experiment/choose/choose-experiment.ts";
import { type ChooseOptions, chooseDefaults } from "../../../src/experiment/choose/options.ts";
import type { ChooseResults } from "../../../src/experiment/choose/results.ts";
import { chooseVerdict } from "../../../src/experiment/choose/verdict.ts";
import { runExperiment, TrialsMissingError } from "../../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../../src/experiment/trial-store.ts";
import type { ExternalConfig } from "../../../src/experiment/trials.ts";
import { temporaryFolder } from "../support/worker.ts";
import {
  type Learner,
  type MadeUpQueue,
  madeUpOptions,
  madeUpQueue,
  madeUpSource,
  marginWithBest,
} from "./support/learner.ts";

async function choose(
  learner: Learner,
  options: Partial<ChooseOptions> = {},
  fails?: (config: ExternalConfig) => string | null,
): Promise<{ results: ChooseResults; folder: string; queue: MadeUpQueue }> {
  const folder = options.out ?? temporaryFolder();
  const queue = madeUpQueue(learner, fails);
  const results = await runExperiment(
    () => chooseExperiment(madeUpOptions(folder, options), { source: madeUpSource }),
    { queue, writeReport: async () => {} },
  );
  return { results, folder, queue };
}

/** Everything of results that is not of when and where they were made. */
const decided = ({ run: _, ...rest }: ChooseResults): string => JSON.stringify(rest);

const trialsOf = ({ arms }: ChooseResults, epsilon: number): readonly string[] =>
  arms.find((arm) => arm.epsilon === epsilon)?.trials.map(({ id }) => id) ?? [];

describe("chooseExperiment", () => {
  test("trains the grid with every seed, then what is between the best and its neighbours", async () => {
    const { queue, results } = await choose(
      { margin: marginWithBest(0.1) },
      { epsilon: [0, 0.05, 0.1, 0.2], seeds: 2 },
    );
    expect(queue.phases).toEqual([
      ["0/1", "0.05/1", "0.1/1", "0.2/1", "0/2", "0.05/2", "0.1/2", "0.2/2"],
      ["0.075/1", "0.15/1", "0.075/2", "0.15/2"],
    ]);
    expect(results.experiment.refined).toEqual([0.075, 0.15]);
    expect(results.arms.map(({ epsilon, found }) => [epsilon, found])).toEqual([
      [0, "grid"],
      [0.05, "grid"],
      [0.075, "refined"],
      [0.1, "grid"],
      [0.15, "refined"],
      [0.2, "grid"],
    ]);
  });

  test("--no-refine trains the grid alone", async () => {
    const { queue } = await choose(
      { margin: marginWithBest(0.1) },
      { epsilon: [0, 0.1, 0.2], seeds: 2, refine: false },
    );
    expect(queue.phases).toHaveLength(1);
  });

  test.each([0.05, 0.1, 0.2])("finds a best ε of %d, within a step of the grid", async (best) => {
    const { results } = await choose({ margin: marginWithBest(best) }, { epsilon: chooseDefaults.epsilon });
    const { grid } = results.experiment;
    const place = grid.indexOf(best);
    expect(results.chosen.epsilon).toBeGreaterThanOrEqual(grid[place - 1]);
    expect(results.chosen.epsilon).toBeLessThanOrEqual(grid[place + 1]);
    expect(results.verdict[0]).toMatch(
      new RegExp(`^Take ε = ${String(results.chosen.epsilon).replace(".", "\\.")}: it`),
    );
  });

  test("says 0 where smoothing harms, and where it does nothing", async () => {
    const harms = await choose({ margin: marginWithBest(0) });
    expect(harms.results.chosen.epsilon).toBe(0);
    expect(harms.results.verdict[0]).toMatch(
      /^Leave label smoothing out and take ε = 0 with temperature scaling: its NLL after temperature scaling on the validation rows, [\d.]+ nats, is the best\.$/,
    );
    // No row's largest logit moves, so that all accuracies are the same.
    const nothing = { margin: marginWithBest(0, { fall: 0, ownNoise: 0 }) };
    const { results } = await choose(nothing, { objective: "accuracy" });
    expect(results.chosen).toMatchObject({ epsilon: 0, best: 0, atBorder: false });
    expect(results.chosen.within).toHaveLength(results.arms.length);
  });

  test("after temperature it is not what confidence ε leaves that decides, as it comes it is", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const after = await choose(learner);
    const asItComes = await choose(learner, { objective: "nll" });
    expect(after.results.chosen.epsilon).toBeGreaterThan(0.02);
    // The made-up learners grow under-confident with ε.
    expect(asItComes.results.chosen.epsilon).toBeLessThan(after.results.chosen.epsilon);
  });

  test("judges the chosen ε and 0 on the test rows, and no other", async () => {
    const { results } = await choose({ margin: marginWithBest(0.1) });
    expect(results.test.arms.map(({ epsilon }) => epsilon)).toEqual([0, results.chosen.epsilon]);
    expect(results.test.arms[0].difference).toBeNull();
    expect(results.test.arms[1].difference?.nllAfterTemperature?.mean).toBeLessThan(0);
    const zero = await choose({ margin: marginWithBest(0) });
    expect(zero.results.test.arms.map(({ epsilon }) => epsilon)).toEqual([0]);
  });

  test("reads no test row to choose: other ones, or none at all, in the files of every other ε change nothing", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const { results, folder } = await choose(learner);
    const others = results.arms.filter(({ epsilon }) => epsilon !== 0 && epsilon !== results.chosen.epsilon);
    expect(others.length).toBeGreaterThan(2);
    for (const { trials } of others) {
      for (const [i, { id }] of trials.entries()) {
        const path = join(trialFolder(folder, id), "predictions.npz");
        const { val_logits, val_labels } = readNpz(path);
        const noTest = { data: new Float32Array(4).fill(Number.NaN), shape: [1, 4] };
        const arrays = i === 0 ? { val_logits, val_labels } : { val_logits, val_labels, test_logits: noTest };
        writeFileSync(path, formatNpz(arrays));
      }
    }
    const reread = chooseExperiment(madeUpOptions(folder), { source: madeUpSource });
    const queue = { ...madeUpQueue(learner), run: reusing };
    const again = await runExperiment(() => reread, { queue, writeReport: async () => {} });
    expect(decided(again)).toBe(decided(results));
  });

  test("what is chosen does not depend on the order in which trials end", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const { results } = await choose(learner);
    const folder = temporaryFolder();
    const queue = madeUpQueue(learner);
    const reversed = {
      ...queue,
      run: async (order: Parameters<typeof queue.run>[0]) => {
        const outcome = await queue.run(order);
        return { ...outcome, finished: outcome.finished.toReversed() };
      },
    };
    const other = await runExperiment(() => chooseExperiment(madeUpOptions(folder), { source: madeUpSource }), {
      queue: reversed,
      writeReport: async () => {},
    });
    expect(decided(other)).toBe(decided(results));
  });

  test("the same experiment has the same results, but for the run", async () => {
    const [one, other] = [
      await choose({ margin: marginWithBest(0.15) }),
      await choose({ margin: marginWithBest(0.15) }),
    ];
    expect(decided(other.results)).toBe(decided(one.results));
    expect(readFileSync(join(one.folder, "results.json"), "utf8")).toContain('"schema": "softlabel.choose/1"');
  });

  test("more seeds keep the trials of the first", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const [two, three] = [await choose(learner, { seeds: 2 }), await choose(learner, { seeds: 3 })];
    expect(trialsOf(three.results, 0.1).slice(0, 2)).toEqual(trialsOf(two.results, 0.1));
  });

  test("has the parts that programs rely on", async () => {
    const { folder } = await choose({ margin: marginWithBest(0.1) }, { seeds: 6 });
    const results = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
    expect(Object.keys(results)).toEqual([
      "schema",
      "verdict",
      "chosen",
      "experiment",
      "arms",
      "test",
      "missing",
      "run",
    ]);
    expect(results.chosen).toEqual({
      epsilon: expect.any(Number),
      why: expect.stringMatching(/^[A-Z].*\.$/),
      best: expect.any(Number),
      within: expect.any(Array),
      atBorder: false,
    });
    for (const arm of results.arms) {
      for (const name of [
        "accuracy",
        "nll",
        "nllAfterTemperature",
        "ece",
        "eceAfterTemperature",
        "brier",
        "overconfidence",
        "aurc",
        "temperature",
      ]) {
        expect(arm.metrics[name]).toEqual({
          mean: expect.any(Number),
          sd: expect.any(Number),
          perSeed: Array.from({ length: 6 }, () => expect.any(Number)),
        });
        if (arm.epsilon === 0) expect(arm.difference).toBeNull();
        else expect(Object.keys(arm.difference[name])).toEqual(["mean", "low", "high", "p", "perSeed", "pHolm"]);
      }
    }
  });
});

describe("one seed", () => {
  test("cannot choose, and what it saw is told as that", async () => {
    const { results } = await choose({ margin: marginWithBest(0.1) }, { seeds: 1 });
    expect(results.verdict[0]).toMatch(
      /^One seed cannot choose ε; on the one that was trained the best is ε = [\d.]+, where /,
    );
    expect(results.chosen.within).toEqual([results.chosen.best]);
    expect(results.arms[0].fromBest.standardError).toBeNull();
    expect(results.verdict.at(-1)).toContain("--seeds 6");
  });
});

describe("trials without a result", () => {
  test("take their seed out of every ε, and the verdict says which", async () => {
    const fails = ({ labelSmoothing, seed }: ExternalConfig): string | null =>
      labelSmoothing === 0.1 && seed === 2 ? "it ran out of memory" : null;
    const { results } = await choose({ margin: marginWithBest(0.1) }, { seeds: 4, refine: false }, fails);
    expect(results.experiment.seeds).toEqual([1, 3, 4]);
    expect(results.missing).toEqual([{ arm: "ε = 0.1", seed: 2, reason: "it ran out of memory" }]);
    expect(results.arms[0].metrics.nll?.perSeed).toHaveLength(3);
    expect(results.verdict.join("\n")).toContain(
      "No result has ε = 0.1 with seed 2, because it ran out of memory; what every ε has, and is compared by, are seeds 1, 3 and 4.",
    );
    const without = await choose({ margin: marginWithBest(0.1) }, { seeds: 4, refine: false });
    const seedOut = without.results.arms.map(({ objective }) => objective.perSeed.filter((_, i) => i !== 1));
    expect(results.arms.map(({ objective }) => objective.perSeed)).toEqual(seedOut);
  });

  test("an ε that has none at all is left out, and the others keep their seeds", async () => {
    const fails = ({ labelSmoothing }: ExternalConfig): string | null =>
      labelSmoothing === 0.2 ? "it diverged" : null;
    const { results } = await choose({ margin: marginWithBest(0.1) }, { refine: false }, fails);
    expect(results.arms.map(({ epsilon }) => epsilon)).toEqual([0, 0.05, 0.1]);
    // What is larger was tried, and failed: the grid did not end too early.
    expect(results.chosen).toMatchObject({ best: 0.1, atBorder: false });
    expect(results.experiment.seeds).toEqual([1, 2, 3]);
    expect(results.missing).toHaveLength(3);
  });

  test("without ε = 0 nothing is chosen, in one sentence that names what is missing", async () => {
    const fails = ({ labelSmoothing }: ExternalConfig): string | null => (labelSmoothing === 0 ? "it diverged" : null);
    await expect(choose({ margin: marginWithBest(0.1) }, { seeds: 2 }, fails)).rejects.toThrow(
      new TrialsMissingError(
        "no ε can be chosen yet, because ε = 0 needs a result with a seed that every other ε has: missing are ε = 0 with " +
          "seed 1 (it diverged), ε = 0 with seed 2 (it diverged); the others are kept, and the same command goes on from there",
      ),
    );
  });

  test("predictions that are NaN are a missing result", async () => {
    const margin = ({ labelSmoothing, seed }: ExternalConfig): number =>
      labelSmoothing === 0.2 && seed === 1
        ? Number.NaN
        : marginWithBest(0.1)({ labelSmoothing, seed } as ExternalConfig);
    const { results } = await choose({ margin }, { refine: false });
    expect(results.missing).toEqual([
      { arm: "ε = 0.2", seed: 1, reason: expect.stringMatching(/^its validation rows cannot be judged: .*NaN/) },
    ]);
  });
});

describe("rows that do not pair", () => {
  test("other validation labels under one seed are an error that names the trial", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const { folder, results } = await choose(learner, { refine: false });
    const path = join(trialFolder(folder, trialsOf(results, 0.2)[1]), "predictions.npz");
    const arrays = readNpz(path);
    const labels = Int32Array.from(arrays.val_labels.data, Number);
    labels[5] = (labels[5] + 1) % 4;
    writeFileSync(path, formatNpz({ ...arrays, val_labels: { data: labels, shape: [labels.length] } }));
    const again = runExperiment(
      () => chooseExperiment(madeUpOptions(folder, { refine: false }), { source: madeUpSource }),
      { queue: { ...madeUpQueue(learner), run: reusing }, writeReport: async () => {} },
    );
    await expect(again).rejects.toThrow(
      "validation rows must be the same for every ε with the same seed, got 120 rows with other labels in ε = 0.2, " +
        "seed 2 than in ε = 0; let nothing but the seed decide the split",
    );
  });
});

describe("a search of other parameters", () => {
  /** The larger ε, the smaller the rate that suits it: 0.02 at 0, 0.004 at 0.2. */
  const margin = (config: ExternalConfig): number => {
    const rate = Number(config.parameters.rate);
    const suits = 0.02 * Math.exp(-8 * config.labelSmoothing);
    return marginWithBest(0.1)(config) - 0.5 * Math.log(rate / suits) ** 2;
  };
  const searching = { epsilon: [0, 0.1, 0.2], search: ["rate=log:1e-3..1e-1"], samples: 8, seeds: 3 };

  test("tries every ε with the same settings, with one seed, and goes on with each one's best", async () => {
    const { results, queue } = await choose({ margin }, { ...searching, refine: false });
    expect(queue.phases[0]).toHaveLength(3 * 8);
    expect(queue.phases[0].every((trial) => trial.endsWith("/1"))).toBe(true);
    // The best setting's first seed is there already.
    expect(queue.phases[1].sort()).toEqual(["0.1/2", "0.1/3", "0.2/2", "0.2/3", "0/2", "0/3"]);
    const rates = results.arms.map(({ parameters }) => Number(parameters.rate));
    for (const [i, { epsilon }] of results.arms.entries()) {
      expect(Math.abs(Math.log(rates[i] / (0.02 * Math.exp(-8 * epsilon))))).toBeLessThan(0.5);
    }
    expect(rates[0]).toBeGreaterThan(rates[2]);
    expect(results.experiment.search).toEqual({
      parameters: ["rate=log:0.001..0.1"],
      candidates: 8,
      sampler: "sobol",
      earlyStopping: true,
      trials: 24,
      stopped: 0,
    });
    expect(results.chosen.epsilon).toBe(0.1);
  });

  test("tunes what is tried afterwards with the same settings too", async () => {
    const { queue } = await choose({ margin }, searching);
    expect(queue.phases.map(({ length }) => length)).toEqual([24, 6, 16, 4]);
  });

  test("an ε whose settings all fail is left out and named", async () => {
    const fails = ({ labelSmoothing }: ExternalConfig): string | null =>
      labelSmoothing === 0.2 ? "it diverged" : null;
    const { results } = await choose({ margin }, { ...searching, refine: false }, fails);
    expect(results.arms.map(({ epsilon }) => epsilon)).toEqual([0, 0.1]);
    expect(results.missing).toEqual([
      { arm: "ε = 0.2", seed: 1, reason: "none of the settings tried could be trained" },
    ]);
  });

  test("by several metrics, the settings are compared on one scale", async () => {
    const { results } = await choose(
      { margin },
      { ...searching, refine: false, objective: "nll-after-temperature,aurc" },
    );
    const single = await choose({ margin }, { ...searching, refine: false });
    expect(results.arms.map(({ parameters }) => parameters)).toEqual(
      single.results.arms.map(({ parameters }) => parameters),
    );
  });
});

describe("a grid that others train a part of", () => {
  test("is neither refined nor judged before all of it is there", async () => {
    const learner = { margin: marginWithBest(0.1) };
    const queue = madeUpQueue(learner);
    const half = {
      ...queue,
      run: async (order: Parameters<typeof queue.run>[0]) => {
        const own = order.trials.filter((_, i) => i % 2 === 0);
        const outcome = await queue.run({ ...order, trials: own });
        return { ...outcome, elsewhere: order.trials.filter((_, i) => i % 2 === 1) };
      },
    };
    const options = madeUpOptions(temporaryFolder(), { seeds: 2 });
    const sharing = runExperiment(() => chooseExperiment(options, { source: madeUpSource }), {
      queue: half,
      writeReport: async () => {},
    });
    await expect(sharing).rejects.toThrow(
      /^made up is done; 4 of the 8 trials so far are left to others, the first of them ε = 0\.05 with seed 1; /,
    );
    expect(queue.phases).toHaveLength(1);
  });
});

describe("an objective that is no number", () => {
  test("is an error with a remedy where it is so for every ε", async () => {
    const sure = { margin: () => 100 };
    await expect(choose(sure, { objective: "nll,accuracy", refine: false })).rejects.toThrow(
      /^no ε can be chosen by nll=1,accuracy=1, because it is not a finite number for any of them: .*another --objective$/,
    );
  });
});

/** A queue for a folder in which everything is there. */
const reusing: MadeUpQueue["run"] = async ({ trials }) => ({
  reused: trials,
  finished: [],
  failed: [],
  stopped: [],
  elsewhere: [],
});

test("the verdict is a function of the numbers alone", async () => {
  const { results } = await choose({ margin: marginWithBest(0.1) });
  const { verdict, ...evidence } = results;
  expect(chooseVerdict(JSON.parse(JSON.stringify(evidence)))).toEqual(verdict);
});
