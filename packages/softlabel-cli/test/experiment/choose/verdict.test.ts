import { describe, expect, test } from "vitest";
import { type Imagined, imaginedResults } from "./support/evidence.ts";

/** Six seeds around a level, with differences between levels that vary by a hundredth of them. */
const around = (level: number, own = 0): readonly number[] =>
  [0, 1, 2, 3, 4, 5].map((seed) => level + 0.01 * Math.sin(seed) + own * Math.sin(1 + 2.3 * seed + 40 * level));

const verdictOf = (imagined: Imagined): readonly string[] => imaginedResults(imagined).verdict;

describe("the verdict on a choice", () => {
  test("one ε that stands out", () => {
    const { verdict, chosen } = imaginedResults({
      nll: { 0: around(0.1, 0.0005), 0.1: around(0.08, 0.0005), 0.2: around(0.09, 0.0005) },
    });
    expect(chosen).toEqual({
      epsilon: 0.1,
      why: "Its NLL after temperature scaling on the validation rows, 0.0803 nats, is the best, and no smaller ε comes within one standard error of it.",
      best: 0.1,
      within: [0.1],
      atBorder: false,
    });
    expect(verdict[0]).toBe(
      "Take ε = 0.1: its NLL after temperature scaling on the validation rows, 0.0803 nats, is the best, and no smaller ε comes within one standard error of it.",
    );
    expect(verdict[1]).toMatch(
      /^No other ε lies within one standard error of it; the next best, ε = 0\.2, is 0\.0\d+ nats behind, [\d.]+ standard errors\.$/,
    );
    expect(verdict[2]).toMatch(
      /^On the test rows, which nothing was chosen on, ε = 0\.1 is better than ε = 0: NLL, each after temperature scaling, goes from 0\.10\d+ to 0\.08\d+ nats \(−0\.02\d+, 95% interval .*\); accuracy goes from .*\.$/,
    );
    expect(verdict[3]).toMatch(
      /^Without a temperature of its own, the NLL of ε = 0\.1 is above that of ε = 0 with temperature scaling: from /,
    );
    expect(verdict.at(-2)).toBe(
      "On the validation rows the best of 3 ε looks better than it is, because it was picked there; the numbers on the " +
        "test rows have no such bias. They speak of these data and this model alone.",
    );
    expect(verdict.at(-1)).toBe(
      "What ε = 0.1 changes beside this, metric by metric, costs no more training under the same --out. To see: " +
        "npx softlabel compare --model mlp --epsilon 0,0.1 --seeds 6 --epochs 5",
    );
  });

  test("a next best that is hardly further than one standard error is no clear loser", () => {
    // Differences of 1, 1 and 4: mean 2, standard error 1; of 1, 1 and 3.7: 1.9 and 0.9.
    const verdict = verdictOf({ nll: { 0: [5, 6, 8], 0.1: [0, 1, 2], 0.2: [1, 2, 5.7], 0.3: [1, 2, 6] } });
    expect(verdict[1]).toBe(
      "No other ε lies within one standard error of it; the next best, ε = 0.2, is 1.900 nats behind, 2.1 standard errors.",
    );
    const nearer = verdictOf({ nll: { 0: [5, 6, 8], 0.1: [0, 1, 2], 0.2: [0.5, 2, 6] } });
    expect(nearer[1]).toBe(
      "No other ε lies within one standard error of it; the next best, ε = 0.2, is 1.833 nats behind, 1.7 standard errors, " +
        "which chance alone often gives.",
    );
  });

  test("a smaller ε that cannot be told from the best is taken, and the others are named", () => {
    const verdict = verdictOf({
      nll: {
        0: around(0.12),
        0.05: [0.0815, 0.079, 0.083, 0.0805, 0.082, 0.078],
        0.1: [0.08, 0.081, 0.08, 0.081, 0.08, 0.0805],
        0.2: around(0.1),
      },
    });
    expect(verdict[0]).toMatch(
      /^Take ε = 0\.05: it is the smallest ε whose NLL after temperature scaling on the validation rows is within one standard error of the best, 0\.0804 nats at ε = 0\.1\.$/,
    );
    expect(verdict[1]).toBe(
      "Within one standard error of the best lie ε = 0.05 and 0.1: 6 seeds cannot tell these apart, and of what cannot be " +
        "told apart the rule takes the smallest ε.",
    );
    expect(verdict.at(-1)).toMatch(/^More seeds tell more ε apart, .* To see: npx softlabel choose .*--seeds 12 /);
  });

  test("0 with temperature scaling, plainly, where it is best", () => {
    const verdict = verdictOf({ nll: { 0: around(0.08), 0.1: around(0.1), 0.2: around(0.12, 0.001) } });
    expect(verdict[0]).toMatch(
      /^Leave label smoothing out and take ε = 0 with temperature scaling: its NLL after temperature scaling on the validation rows, 0\.\d+ nats, is the best\.$/,
    );
    expect(verdict.find((text) => text.startsWith("On the test rows ε = 0 has"))).toMatch(
      /^On the test rows ε = 0 has an NLL of 0\.\d+ nats as it comes and 0\.\d+ after temperature scaling, an accuracy of [\d.]+%, and an ECE of [\d.]+% that temperature scaling makes [\d.]+%\.$/,
    );
    expect(verdict.join(" ")).not.toContain("softlabel compare");
  });

  test("0 with temperature scaling where the best cannot be told from it", () => {
    const [verdict] = verdictOf({
      nll: { 0: [0.08, 0.084, 0.079], 0.1: [0.081, 0.079, 0.08], 0.2: [0.1, 0.11, 0.12] },
    });
    expect(verdict).toBe(
      "Leave label smoothing out and take ε = 0 with temperature scaling: it is the smallest ε whose NLL after " +
        "temperature scaling on the validation rows is within one standard error of the best, 0.0800 nats at ε = 0.1.",
    );
  });

  test("by accuracy, 0 is 0 and no temperature is spoken of in the headline", () => {
    const [headline] = verdictOf({ nll: { 0: around(0.08), 0.1: around(0.1) }, objective: "accuracy" });
    expect(headline).toMatch(
      /^Leave label smoothing out and take ε = 0: its accuracy on the validation rows, 97\.\d+%, is the best\.$/,
    );
  });

  test("by several metrics, the sum is told with where it is 1", () => {
    const [headline] = verdictOf({
      nll: { 0: around(0.12), 0.1: around(0.08, 0.0005) },
      objective: "nll-after-temperature=1,accuracy=1",
    });
    expect(headline).toMatch(
      /^Take ε = 0\.1: its weighted sum of NLL after temperature scaling \(0\.5\) and accuracy \(0\.5\) on the validation rows, 0\.6\d+ \(1 at ε = 0\), is the best/,
    );
  });

  test("all alike", () => {
    const level = [0.08, 0.081, 0.079];
    const verdict = verdictOf({ nll: { 0: level, 0.1: level, 0.2: level } });
    expect(verdict[1]).toBe(
      "All 3 ε lie within one standard error of the best: 3 seeds cannot tell any of them apart.",
    );
  });

  test("too few seeds to show anything on the test rows is said", () => {
    const verdict = verdictOf({ nll: { 0: [0.1, 0.11, 0.12], 0.1: [0.08, 0.09, 0.1005] } });
    expect(verdict).toContain(
      "3 seeds cannot show a difference on the test rows: the exact sign-flip test can give no p below 0.25, whatever " +
        "happens; that takes 6 seeds at least (--seeds).",
    );
    expect(verdict.find((text) => text.startsWith("On the test rows"))).toContain(
      "no gain of ε = 0.1 over ε = 0 is shown",
    );
  });

  test("a best ε at the end of the grid asks for a longer grid", () => {
    const { verdict, chosen } = imaginedResults({
      nll: { 0: around(0.12), 0.1: around(0.1), 0.2: around(0.08, 0.0005) },
    });
    expect(chosen.atBorder).toBe(true);
    expect(verdict).toContain(
      "The best ε, 0.2, is the largest that was tried: a larger one may be better still. To see: npx softlabel choose " +
        "--model mlp --epsilon 0,0.1,0.2,0.3,0.4,0.6 --seeds 6 --epochs 5 --objective nll-after-temperature --no-refine",
    );
  });

  test("training that had not ended asks for more epochs", () => {
    const verdict = verdictOf({
      nll: { 0: around(0.12), 0.1: around(0.08, 0.0005), 0.2: around(0.1) },
      falling: [0, 0.1, 0.2],
    });
    expect(verdict.find((text) => text.startsWith("The validation loss"))).toBe(
      "The validation loss at ε = 0 and 0.1 was still falling when the 5 epochs ran out: longer training may want another " +
        "ε. To see: npx softlabel choose --model mlp --epsilon 0,0.1,0.2 --seeds 6 --epochs 20 --objective " +
        "nll-after-temperature --no-refine",
    );
  });

  test("a search says what it tried, what it stopped and what all took", () => {
    const verdict = verdictOf({
      nll: { 0: around(0.12), 0.05: around(0.1), 0.1: around(0.08, 0.0005), 0.2: around(0.1) },
      refined: [0.05],
      experiment: {
        search: {
          parameters: ["learning-rate=log:0.0001..0.01", "optimizer=choice:adam|sgd"],
          candidates: 8,
          sampler: "sobol",
          earlyStopping: true,
          trials: 32,
          stopped: 11,
        },
      },
    });
    expect(verdict).toContain(
      "This took 24 trials: 4 ε, 1 of them between the best of the grid and its neighbours, with 6 seeds each. Before, " +
        "every ε was tried with the same 8 settings of learning-rate and optimizer, with one seed (32 trials, 11 of them " +
        "stopped early), and went on with its best.",
    );
  });

  test("nothing but 0 is nothing to choose from", () => {
    expect(verdictOf({ nll: { 0: around(0.1) } })[0]).toBe(
      "Only ε = 0 could be judged, so there was nothing to choose; --epsilon 0,0.05,0.1 tries arms with label smoothing.",
    );
  });

  test("one missing trial is named with its reason", () => {
    const missing = [{ arm: "ε = 0.1", seed: 7, reason: "it was killed by SIGKILL" }];
    expect(verdictOf({ nll: { 0: around(0.1), 0.1: around(0.08) }, missing })).toContain(
      "No result has ε = 0.1 with seed 7, because it was killed by SIGKILL; what every ε has, and is compared by, are " +
        "seeds 1, 2, 3, 4, 5 and 6.",
    );
  });
});
