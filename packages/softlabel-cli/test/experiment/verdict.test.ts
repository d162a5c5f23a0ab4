import { describe, expect, test } from "vitest";
import type { Arm, Results } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import {
  accuracyChanged,
  noDifferenceShown,
  notShown,
  oneSeed,
  probabilitiesChanged,
  selectiveClassificationChanged,
  tooFewSeeds,
} from "../../src/experiment/verdict-changes.ts";
import { overConfident, temperatureNotFitted, underConfident } from "../../src/experiment/verdict-confidence.ts";
import {
  anythingShown,
  baselineOf,
  fewestSeeds,
  isShown,
  judge,
  judgeArm,
  leastHolmP,
  smoothedArms,
} from "../../src/experiment/verdict-evidence.ts";
import { limits, longerCommand, nothingToCompare, stillImproving } from "../../src/experiment/verdict-limits.ts";
import { temperatureScalingRival } from "../../src/experiment/verdict-rival.ts";
import { evidence } from "../report/support/evidence.ts";
import { lenet5Results } from "../report/support/fixtures.ts";

/** Better accuracy and AURC, worse probabilities until they are temperature-scaled: what smoothing usually does. */
const usual = {
  shift: {
    accuracy: 0.01,
    nll: 0.08,
    nllAfterTemperature: -0.04,
    brier: 0.01,
    ece: 0.11,
    overconfidence: -0.12,
    aurc: -0.002,
    temperature: -0.6,
  },
} as const;
const nothing = {};

describe("significance", () => {
  const difference = { mean: 0.02, low: 0.01, high: 0.03, p: 0.01, pHolm: 0.04, perSeed: [0.01, 0.02, 0.03] };

  test("a difference is shown when Holm's p is below 0.05 and the interval excludes zero, and only then", () => {
    expect(isShown(difference)).toBe(true);
    expect(isShown({ ...difference, pHolm: 0.05 })).toBe(false);
    expect(isShown({ ...difference, low: -0.001 })).toBe(false);
    expect(isShown({ ...difference, low: 0 })).toBe(false);
    expect(isShown({ ...difference, mean: -0.02, low: -0.03, high: -0.01 })).toBe(true);
    expect(isShown({ ...difference, mean: -0.02, low: -0.03, high: 0 })).toBe(false);
    expect(isShown({ ...difference, low: null, high: null })).toBe(false);
    expect(isShown({ ...difference, p: Number.NaN, pHolm: Number.NaN })).toBe(false);
  });

  test("more accuracy is better, more NLL is worse, more confidence is neither", () => {
    expect(judge("accuracy", difference)).toBe("better");
    expect(judge("nll", difference)).toBe("worse");
    expect(judge("aurc", { ...difference, mean: -0.02, low: -0.03, high: -0.01 })).toBe("better");
    expect(judge("temperature", difference)).toBe("changed");
    expect(judge("accuracy", { ...difference, pHolm: 0.2 })).toBe("unclear");
    expect(judge("top5", undefined)).toBe("unclear");
  });

  test("n seeds can reach comparisons · 2 / 2ⁿ at best: 6 seeds for one arm, 7 for two or three", () => {
    expect(leastHolmP(5, 1)).toBe(0.0625);
    expect(leastHolmP(6, 1)).toBe(0.03125);
    expect(leastHolmP(6, 2)).toBe(0.0625);
    expect(leastHolmP(1, 3)).toBe(1);
    expect([1, 2, 3, 4].map(fewestSeeds)).toEqual([6, 7, 7, 8]);
  });

  test("the least p is what the laboratory's own statistics reach when all seeds agree", () => {
    const { arms } = evidence(7, { 0.05: usual, 0.1: usual, 0.2: usual });
    for (const arm of arms.slice(1)) expect(arm.difference?.accuracy?.pHolm).toBe(leastHolmP(7, 3));
  });
});

describe("what got better or worse", () => {
  test("a gain in accuracy on every seed is said with both means, the difference and its interval", () => {
    const results = evidence(6, { 0.1: usual });
    const [sentence, ...more] = accuracyChanged(results);
    const { mean, low, high } = results.arms[1]?.difference?.accuracy ?? {};
    const points = (x?: number | null): string => `+${(100 * (x ?? Number.NaN)).toFixed(2)}`;
    const per = (arm: number): string => `${(100 * (results.arms[arm]?.metrics.accuracy?.mean ?? 0)).toFixed(2)}%`;
    expect(sentence).toBe(
      `Label smoothing with ε = 0.1 raised accuracy on all 6 seeds, from ${per(0)} to ${per(1)} ` +
        `(${points(mean)} percentage points, 95% interval ${points(low)} to ${points(high)}).`,
    );
    expect(more).toEqual([]);
  });

  test("a loss of accuracy is said as a loss, with a true minus sign", () => {
    const [sentence] = accuracyChanged(evidence(6, { 0.1: { shift: { accuracy: -0.02 } } }));
    expect(sentence).toMatch(
      /^Label smoothing with ε = 0\.1 lowered accuracy on all 6 seeds, from .* \(−\d\.\d\d percent/,
    );
  });

  test("seeds that disagree with the mean are counted", () => {
    const results = evidence(12, { 0.1: { shift: { accuracy: 0.05 }, perSeed: { accuracy: [0.95] } } });
    expect(results.arms[1]?.difference?.accuracy?.perSeed.filter((d) => d < 0)).toHaveLength(1);
    expect(accuracyChanged(results)[0]).toContain("raised accuracy on 11 of 12 seeds, from");
  });

  test("accuracy that no number of seeds shows is not said to have changed", () => {
    expect(accuracyChanged(evidence(20, { 0.1: nothing }))).toEqual([]);
  });

  test("of several arms all are named with their own interval, and the best is said not to be chosen by it", () => {
    const [all, best] = accuracyChanged(
      evidence(8, { 0.05: { shift: { accuracy: 0.01 } }, 0.1: { shift: { accuracy: 0.02 } }, 0.2: nothing }),
    );
    expect(all).toMatch(/^Label smoothing with ε = 0\.05 and 0\.1 raised accuracy on all 8 seeds, from /);
    expect(all).toMatch(/% at ε = 0\.05 \(\+[\d.]+ percentage points, 95% interval .* at 0\.1 \(\+[\d.]+, \+/);
    expect(best).toBe(
      "The highest mean accuracy is at ε = 0.1; the 3 smoothed arms were each tested against ε = 0, " +
        "not against one another, so this does not choose an ε.",
    );
  });

  test("arms that gain and arms that lose get a sentence each", () => {
    const sentences = accuracyChanged(
      evidence(8, { 0.1: { shift: { accuracy: 0.01 } }, 0.9: { shift: { accuracy: -0.1 } } }),
    );
    expect(sentences).toHaveLength(2);
    expect(sentences[0]).toContain("ε = 0.1 raised");
    expect(sentences[1]).toContain("ε = 0.9 lowered");
  });

  test("worse probabilities name only the metrics that are shown to be worse", () => {
    const [sentence, ...more] = probabilitiesChanged(evidence(6, { 0.1: { shift: { nll: 0.08, ece: 0.11 } } }));
    expect(sentence).toMatch(
      /^With ε = 0\.1 the probabilities are worse as they come: NLL rose from [\d.]+ to [\d.]+ nats \(\+/,
    );
    expect(sentence).toMatch(/; ECE from [\d.]+% to [\d.]+% \(\+[\d.]+ percentage points, 95% interval/);
    expect(sentence).not.toContain("Brier");
    expect(more).toEqual([]);
  });

  test("a metric that is worse on one arm of several says on which", () => {
    const [sentence] = probabilitiesChanged(
      evidence(8, { 0.1: { shift: { ece: 0.05 } }, 0.2: { shift: { ece: 0.1, nll: 0.08 } } }),
    );
    expect(sentence).toMatch(/^With ε = 0\.1 and 0\.2 .*: NLL rose from [\d.]+ to [\d.]+ nats at ε = 0\.2 \(/);
    expect(sentence).toMatch(/; ECE from [\d.]+% to [\d.]+% at ε = 0\.1 \(.*\), [\d.]+% at 0\.2 \(/);
  });

  test("better and worse probabilities are two sentences, the better first", () => {
    const sentences = probabilitiesChanged(evidence(6, { 0.1: { shift: { brier: -0.02, ece: 0.11 } } }));
    expect(sentences.map((text) => text.slice(0, 60))).toEqual([
      "With ε = 0.1 the probabilities are better as they come: Brie",
      "With ε = 0.1 the probabilities are worse as they come: ECE r",
    ]);
  });

  test("probabilities that are not shown to have changed are not mentioned", () => {
    expect(probabilitiesChanged(evidence(20, { 0.1: nothing }))).toEqual([]);
    expect(probabilitiesChanged(evidence(6, { 0.1: { shift: { accuracy: 0.01 } } }))).toEqual([]);
  });

  test("a lower AURC is a gain, a higher one a harm, an unclear one neither", () => {
    expect(selectiveClassificationChanged(evidence(6, { 0.1: { shift: { aurc: -0.002 } } }))).toEqual([
      expect.stringMatching(
        /^A classifier that may decline to answer when unsure gains with ε = 0\.1: AURC.* fell from 0\.00/,
      ),
    ]);
    const harm = evidence(6, { 0.1: { shift: { aurc: 0.002 } } });
    expect(selectiveClassificationChanged(harm)).toEqual([
      expect.stringMatching(
        /^A classifier that may decline to answer when unsure is harmed by ε = 0\.1: AURC.* rose from 0\.00/,
      ),
    ]);
    expect(selectiveClassificationChanged(evidence(20, { 0.1: nothing }))).toEqual([]);
  });

  test("a harm to selective classification beside better accuracy is said to be that", () => {
    const [both] = selectiveClassificationChanged(evidence(6, { 0.1: { shift: { aurc: 0.002, accuracy: 0.01 } } }));
    expect(both).toContain("harmed by ε = 0.1, higher accuracy notwithstanding: AURC");
  });

  test("what is not shown is listed beside what is", () => {
    const [sentence] = notShown(evidence(6, { 0.1: { shift: { accuracy: 0.01 } } }));
    expect(sentence).toMatch(/^No difference that 6 seeds can show: NLL with ε = 0\.1, from [\d.]+ to [\d.]+ nats \(/);
    expect(sentence).toContain("; AURC with ε = 0.1");
    expect(sentence).not.toContain("accuracy");
    expect(notShown(evidence(6, { 0.1: usual }))).toEqual([]);
  });

  test("an NLL that is not finite is neither changed nor unchanged", () => {
    const infinite = evidence(6, {
      0.1: { shift: { accuracy: 0.01 }, perSeed: { nll: [1, 2, Number.POSITIVE_INFINITY, 1, 2, 1] } },
    });
    for (const results of [infinite, JSON.parse(JSON.stringify(infinite)) as typeof infinite]) {
      expect(notShown(results)[0]).not.toContain("NLL");
      expect(probabilitiesChanged(results)).toEqual([]);
      expect(verdict(results).join(" ")).not.toMatch(/NaN|undefined|null/);
    }
  });
});

describe("no difference", () => {
  test("when nothing is shown, that is the first sentence, with what was measured", () => {
    const results = evidence(6, { 0.1: nothing });
    expect(noDifferenceShown(results)).toEqual([
      expect.stringMatching(
        /^No difference that 6 seeds can show between ε = 0 and ε = 0\.1: accuracy went from [\d.]+% to [\d.]+% \(.*; NLL from .*; ECE from .*\)\.$/,
      ),
    ]);
    expect(verdict(results)[0]).toMatch(/^No difference that 6 seeds can show/);
    expect(notShown(results)).toEqual([]);
  });

  test("it is not said when one weighed metric of one arm differs, nor when the seeds are too few", () => {
    expect(noDifferenceShown(evidence(8, { 0.1: nothing, 0.2: { shift: { aurc: 0.002 } } }))).toEqual([]);
    expect(noDifferenceShown(evidence(5, { 0.1: nothing }))).toEqual([]);
  });

  test("nothing about temperature scaling is concluded from no difference", () => {
    expect(temperatureScalingRival(evidence(6, { 0.1: nothing }))).toEqual([]);
  });

  test("one seed shows nothing, and the verdict says what was seen on it", () => {
    const results = evidence(1, { 0.1: usual });
    expect(oneSeed(results)).toEqual([
      expect.stringMatching(
        /^One seed cannot tell what ε = 0\.1 did from chance; that takes 6 seeds at least \(--seeds\)\. On this one accuracy went from [\d.]+% to [\d.]+% \(\+[\d.]+ percentage points\), NLL/,
      ),
    ]);
    expect(oneSeed(evidence(2, { 0.1: usual }))).toEqual([]);
    const spoken = verdict(results).join(" ");
    expect(spoken).not.toMatch(/interval|raised|better|worse|would not have given/);
  });

  test("five seeds cannot reach 0.05 however clear the effect, and the verdict says so first", () => {
    const results = evidence(5, { 0.1: usual });
    expect(tooFewSeeds(results)[0]).toBe(
      "5 seeds cannot show any difference: the exact sign-flip test can give no p below 0.063, whatever happens; to show one takes 6 seeds at least (--seeds).",
    );
    expect(verdict(results)[0]).toBe(tooFewSeeds(results)[0]);
    expect(verdict(results).join(" ")).not.toMatch(/raised|would not have given|does as well/);
    expect(tooFewSeeds(evidence(6, { 0.1: usual }))).toEqual([]);
    expect(tooFewSeeds(evidence(1, { 0.1: usual }))).toEqual([]);
  });

  test("six seeds are too few for two smoothed arms, because Holm's correction doubles the least p", () => {
    expect(tooFewSeeds(evidence(6, { 0.1: usual, 0.2: usual }))[0]).toBe(
      "6 seeds cannot show any difference: the exact sign-flip test, corrected for 2 comparisons, can give no p below " +
        "0.063, whatever happens; to show one takes 7 seeds at least (--seeds).",
    );
  });

  test("ε = 0 alone is nothing to compare", () => {
    const alone = evidence(3, { 0: { stillImproving: true } });
    expect(nothingToCompare(alone)).toHaveLength(1);
    // Nothing about differences either: neither that none is shown, nor that they may be differences in speed.
    for (const seeds of [1, 2, 6]) {
      expect(verdict(evidence(seeds, { 0: { stillImproving: true } }))).toEqual(nothingToCompare(alone));
    }
    expect(nothingToCompare(evidence(3, { 0.1: usual }))).toEqual([]);
  });
});

describe("the rival, temperature scaling on ε = 0", () => {
  const story = (shift: (typeof usual)["shift"] | Record<string, number>): string[] =>
    temperatureScalingRival(evidence(6, { 0.1: { shift } }));

  test("smoothing that is still ahead once both are scaled gives what scaling could not", () => {
    const [more, asItComes] = story(usual.shift);
    expect(more).toMatch(
      /^Temperature scaling on ε = 0 would not have given the same as ε = 0\.1: .*, NLL still falls from [\d.]+ to [\d.]+ nats \(−.*\), and no temperature changes accuracy\.$/,
    );
    expect(asItComes).toMatch(
      /^That takes a temperature: as it comes, NLL with ε = 0\.1 is above that of temperature-scaled ε = 0, from/,
    );
  });

  test("accuracy is brought in only where it is shown to be better", () => {
    expect(story({ nllAfterTemperature: -0.04 })[0]).not.toContain("accuracy");
  });

  test("smoothing that beats the scaled rival as it comes is said to", () => {
    expect(story({ nllAfterTemperature: -0.06, nll: -0.06 })[1]).toMatch(
      /^Even as it comes, NLL with ε = 0\.1 is below/,
    );
  });

  test("where the two cannot be told apart as they come, nothing is said of it", () => {
    const scattered = { shift: { nllAfterTemperature: -0.04 }, scatter: { nll: 0.05 } };
    expect(temperatureScalingRival(evidence(6, { 0.1: scattered }))).toHaveLength(1);
  });

  test("no difference once both are scaled leaves the gain in accuracy, if there is one", () => {
    const [withGain] = story({ accuracy: 0.01, nll: 0.08 });
    expect(withGain).toMatch(
      /^For the probabilities alone, temperature scaling on ε = 0 does as well as ε = 0\.1 as far as 6 seeds can tell/,
    );
    expect(withGain).toMatch(/ The gain in accuracy is what no temperature can give\.$/);
    expect(story({ nll: 0.08 })[0]).not.toContain("accuracy");
    expect(story({ nll: 0.08 })[1]).toMatch(
      /^As it comes, NLL with ε = 0\.1 is above that of temperature-scaled ε = 0, from/,
    );
  });

  test("smoothing that is behind once both are scaled loses to scaling", () => {
    expect(story({ nllAfterTemperature: 0.05 })).toEqual([
      expect.stringMatching(/^Temperature scaling on ε = 0 gives better probabilities than ε = 0\.1 .* NLL rises from/),
    ]);
  });

  test("arms that fare differently get a sentence each", () => {
    const sentences = temperatureScalingRival(
      evidence(8, { 0.1: { shift: { nllAfterTemperature: -0.04 } }, 0.5: { shift: { nllAfterTemperature: 0.09 } } }),
    ).join("\n");
    expect(sentences).toContain("would not have given the same as ε = 0.1:");
    expect(sentences).toContain("gives better probabilities than ε = 0.5 ");
  });

  test("it is silent where a temperature has no finite optimum", () => {
    for (const temperature of [0, Number.POSITIVE_INFINITY, Number.NaN]) {
      const perSeed = { temperature: [0.5, 0.6, temperature, 0.5, 0.6, 0.5] };
      expect(temperatureScalingRival(evidence(6, { 0.1: { ...usual, perSeed } }))).toEqual([]);
      expect(temperatureScalingRival(evidence(6, { 0: { perSeed }, 0.1: usual }))).toEqual([]);
    }
  });
});

describe("confidence", () => {
  test("a gap of a point or more below accuracy with T < 1 on every seed is under-confidence", () => {
    expect(underConfident(evidence(6, { 0.1: usual }))).toEqual([
      expect.stringMatching(
        /^With ε = 0\.1 the classifier is under-confident: its mean confidence lies 1\d\.\d percentage points below its accuracy, and the temperature fitted on validation rows is T = 0\.\d\d, below 1 on all 6 seeds, so its probabilities need sharpening\.$/,
      ),
    ]);
    expect(overConfident(evidence(6, { 0.1: usual }))).toEqual([]);
  });

  test("the mirror image is over-confidence", () => {
    const over = { shift: { overconfidence: 0.05, temperature: 0.8 } };
    expect(overConfident(evidence(6, { 0.1: over }))[0]).toMatch(
      /over-confident: .* above its accuracy, .* above 1 on all 6 seeds, so its probabilities need softening\.$/,
    );
    expect(underConfident(evidence(6, { 0.1: over }))).toEqual([]);
  });

  test("a gap below a point, a seed on the other side, or a T on the other side says nothing", () => {
    const gap = (overconfidence: number[], temperature: number[]): string[] => {
      const results = evidence(3, { 0.1: { perSeed: { overconfidence, temperature } } });
      return [...underConfident(results), ...overConfident(results)];
    };
    expect(gap([-0.02, -0.03, -0.02], [0.8, 0.7, 0.8])).toHaveLength(1);
    expect(gap([-0.009, -0.008, -0.01], [0.8, 0.7, 0.8])).toEqual([]);
    expect(gap([-0.05, 0.001, -0.05], [0.8, 0.7, 0.8])).toEqual([]);
    expect(gap([-0.02, -0.03, -0.02], [0.8, 1.1, 0.8])).toEqual([]);
    expect(gap([-0.02, -0.03, -0.02], [1.8, 1.7, 1.8])).toEqual([]);
  });

  test("a difference after temperature scaling is judged only where every seed of both arms has a temperature", () => {
    const perSeed = { temperature: [0.5, 0.6, Number.POSITIVE_INFINITY, 0.5, 0.6, 0.5] };
    const marks = (results: ReturnType<typeof evidence>) =>
      (["nllAfterTemperature", "brierAfterTemperature", "eceAfterTemperature", "nll"] as const).map((metric) =>
        judgeArm(metric, smoothedArms(results)[0] as Arm, baselineOf(results)),
      );
    const shift = { ...usual.shift, brierAfterTemperature: -0.02, eceAfterTemperature: -0.002 };
    expect(marks(evidence(6, { 0.1: { shift } }))).toEqual(["better", "better", "better", "worse"]);
    const unfitted = ["unclear", "unclear", "unclear", "worse"];
    expect(marks(evidence(6, { 0.1: { shift, perSeed } }))).toEqual(unfitted);
    expect(marks(evidence(6, { 0: { perSeed }, 0.1: { shift } }))).toEqual(unfitted);
    const only = evidence(6, { 0.1: { shift: { nllAfterTemperature: -0.04 }, perSeed } });
    expect(anythingShown(only)).toBe(false);
  });

  test("T = 0, T = ∞ and a T that JSON could not hold are told, and nothing is concluded from them", () => {
    const temperature = [0, 0, Number.POSITIVE_INFINITY, 0.5, 0.6, 0.7];
    const results = evidence(6, { 0.1: { ...usual, perSeed: { temperature } } });
    const sentence =
      "The temperature of ε = 0.1 has no optimum between 0 and infinity (T = 0 on 2 seeds, where every validation row " +
      "is right and no finite T on 1 seed, where guessing would do better), so nothing is concluded from its numbers " +
      "after temperature scaling.";
    expect(temperatureNotFitted(results)).toEqual([sentence]);
    expect(temperatureNotFitted(JSON.parse(JSON.stringify(results)) as typeof results)).toEqual([sentence]);
    expect(underConfident(results)).toEqual([]);
    expect(temperatureNotFitted(evidence(6, { 0.1: usual }))).toEqual([]);
  });
});

describe("what cannot be concluded", () => {
  test("the resolution is half of the widest interval, in points and nats", () => {
    const results = evidence(7, { 0.1: usual, 0.2: { scatter: { accuracy: 0.03 } } });
    const half = (metric: "accuracy" | "nll"): number =>
      Math.max(
        ...results.arms
          .slice(1)
          .map(({ difference }) => ((difference?.[metric]?.high ?? 0) - (difference?.[metric]?.low ?? 0)) / 2),
      );
    expect(limits(results)[0]).toContain(
      `7 seeds could not have told from zero a difference in accuracy below ${(100 * half("accuracy")).toFixed(2)} percentage points, or in NLL below ${half("nll").toFixed(4)} nats. ` +
        "The exact test, corrected for 2 comparisons, can give no p below 0.031 with so few.",
    );
  });

  test("with ten seeds or more the least p is no limit worth saying", () => {
    expect(limits(evidence(10, { 0.1: usual }))[0]).not.toContain("exact test");
    expect(limits(evidence(9, { 0.1: usual }))[0]).toContain("exact test");
  });

  test("it always says that seeds redraw neither test rows nor model", () => {
    for (const seeds of [1, 5, 6, 30]) {
      expect(limits(evidence(seeds, { 0.1: usual }))[0]).toMatch(
        /nothing here speaks of other data or other models\.$/,
      );
    }
  });

  test("a baseline that still improves makes the difference one of speed, perhaps, and names the longer run", () => {
    const improving = { ...usual, stillImproving: true };
    const both = evidence(6, { 0: { stillImproving: true }, 0.1: improving });
    expect(stillImproving(both)).toEqual([
      "The validation loss at ε = 0 and 0.1 was still falling when the 5 epochs ran out, so the differences may be " +
        "differences in speed of training, not in where it ends. To see: " +
        "npx softlabel compare --model lenet5 --epochs 20 --batch-size 128",
    ]);
    expect(stillImproving(evidence(6, { 0: { stillImproving: true }, 0.1: usual }))[0]).toMatch(
      /^The validation loss at ε = 0 was/,
    );
    expect(stillImproving(evidence(6, { 0.1: improving }))[0]).toMatch(
      /^With ε = 0\.1 the validation loss was still falling .*, at ε = 0 it was not:/,
    );
    expect(stillImproving(evidence(6, { 0.1: usual }))).toEqual([]);
  });

  test("one epoch shows nothing that has ended", () => {
    expect(stillImproving(evidence(6, { 0.1: usual }, { epochs: 1 }))[0]).toMatch(/^A single epoch cannot show/);
  });

  test("the longer command replaces --epochs where it stands, and adds it where it does not", () => {
    const command = (text: string): string => longerCommand(evidence(1, {}, { command: text, epochs: 3 }));
    expect(command("softlabel compare --epochs=3 --seeds 6")).toBe("softlabel compare --epochs 12 --seeds 6");
    expect(command("softlabel compare")).toBe("softlabel compare --epochs 12");
  });
});

describe("verdict", () => {
  const everyStory: readonly Omit<Results, "verdict">[] = [
    lenet5Results(),
    evidence(6, { 0.1: usual }),
    evidence(8, {
      0.05: nothing,
      0.1: usual,
      0.2: { shift: { accuracy: -0.03, aurc: 0.003, nllAfterTemperature: 0.05 } },
    }),
    evidence(1, { 0.1: usual }),
    evidence(5, { 0.1: nothing }),
    evidence(6, { 0.1: nothing }),
    evidence(3, {}),
  ];

  test("on LeNet-5 and MNIST it tells the whole story in order", () => {
    expect(verdict(lenet5Results()).map((sentence) => sentence.slice(0, 47))).toMatchInlineSnapshot(`
      [
        "Label smoothing with ε = 0.1 raised accuracy on",
        "With ε = 0.1 the probabilities are worse as the",
        "Temperature scaling on ε = 0 would not have giv",
        "That takes a temperature: as it comes, NLL with",
        "With ε = 0.1 the classifier is under-confident:",
        "A classifier that may decline to answer when un",
        "6 seeds could not have told from zero a differe",
        "The validation loss at ε = 0 and 0.1 was still ",
      ]
    `);
  });

  test("every sentence is a sentence: it ends in a full stop or a command, and holds no NaN, null or hyphen for minus", () => {
    for (const results of everyStory) {
      const sentences = verdict(results);
      expect(sentences.length).toBeGreaterThan(0);
      for (const sentence of sentences) {
        expect(sentence).toMatch(/^[A-Z0-9][\s\S]*(\.|To see: .+)$/);
        expect(sentence).not.toMatch(/NaN|undefined|null|Infinity|[ (]-\d/);
      }
    }
  });

  test("every percentage, nat and T in it is a number of the results, rounded", () => {
    for (const results of everyStory) {
      const numbers = numbersIn(results.arms);
      for (const sentence of verdict(results)) {
        const prose = sentence.replace(/ To see: .*$/, "");
        for (const [text, sign, digits = ""] of prose.matchAll(/([+−]?)(\d+\.\d+)%?/g)) {
          const decimals = digits.split(".")[1]?.length ?? 0;
          const value = (sign === "−" ? -1 : 1) * Number(digits);
          const near = (x: number): boolean => Math.abs(x - value) <= 0.5000001 * 10 ** -decimals;
          const found = numbers.some((x) => near(x) || near(100 * x) || near(Math.abs(x)) || near(Math.abs(100 * x)));
          expect(found, `${text} in: ${sentence}`).toBe(true);
        }
      }
    }
  });
});

/** Every number of the arms' metrics and differences, half intervals, ε, and the p that n seeds can reach. */
function numbersIn(arms: Results["arms"]): number[] {
  const seeds = arms[0]?.trials.length ?? 0;
  return arms.flatMap((arm) => {
    const differences = [...Object.values(arm.difference ?? {}), ...Object.values(arm.againstTemperatureScaling ?? {})];
    return [
      arm.epsilon,
      leastHolmP(seeds, arms.length - 1),
      ...Object.values(arm.metrics).map(({ mean }) => mean),
      ...differences.flatMap(({ mean, low, high }) => [
        mean,
        low ?? mean,
        high ?? mean,
        ((high ?? 0) - (low ?? 0)) / 2,
      ]),
    ];
  });
}
