import { describe, expect, test } from "vitest";
import type { Results } from "../../src/experiment/results.ts";
import { verdict } from "../../src/experiment/verdict.ts";
import {
  accuracyChanged,
  noDifferenceShown,
  oneSeed,
  probabilitiesChanged,
  tooFewSeeds,
} from "../../src/experiment/verdict-changes.ts";
import { temperatureNotFitted, underConfident } from "../../src/experiment/verdict-confidence.ts";
import { limits, nothingToCompare, stillImproving } from "../../src/experiment/verdict-limits.ts";
import { temperatureScalingRival } from "../../src/experiment/verdict-rival.ts";
import { type Changes, evidence, type NamedArm, namedEvidence } from "../report/support/evidence.ts";

const usual = {
  shift: { accuracy: 0.01, nll: 0.08, nllAfterTemperature: -0.04, ece: 0.11, overconfidence: -0.12, temperature: -0.6 },
} as const;
const base: NamedArm = { name: "no smoothing", epsilon: 0 };
const cosine: NamedArm = { name: "cosine schedule", ...usual };
const command = { kind: "command", typed: "python train.py {epsilon} {seed} {out}" } as const;
const given = { kind: "given" } as const;

function named(seeds: number, others: readonly NamedArm[], changes: Changes = {}): Omit<Results, "verdict"> {
  return namedEvidence(seeds, [base, ...others], changes);
}

describe("arms with names of their own", () => {
  test("are held against the base by its name, and what they did is not called label smoothing", () => {
    const results = named(6, [cosine]);
    expect(accuracyChanged(results)).toEqual([
      expect.stringMatching(
        /^With “cosine schedule” accuracy is higher than with “no smoothing” on all 6 seeds, from [\d.]+% to [\d.]+% \(\+/,
      ),
    ]);
    expect(probabilitiesChanged(results)[0]).toMatch(
      /^With “cosine schedule” the probabilities are worse than with “no smoothing” as they come: NLL rose from/,
    );
    expect(verdict(results).join(" ")).not.toMatch(/ε|[Ll]abel smoothing/);
  });

  test("lose accuracy in the same words", () => {
    expect(accuracyChanged(named(6, [{ name: "b", shift: { accuracy: -0.02 } }]))[0]).toMatch(
      /^With “b” accuracy is lower than with “no smoothing” on all 6 seeds, from .* \(−/,
    );
  });

  test("have the base with temperature scaling as their rival", () => {
    const [more, asItComes] = temperatureScalingRival(named(6, [cosine]));
    expect(more).toMatch(
      /^Temperature scaling on “no smoothing” would not have given the same as “cosine schedule”: .* NLL still falls/,
    );
    expect(asItComes).toMatch(/NLL with “cosine schedule” is above that of temperature-scaled “no smoothing”, from/);
    const [behind] = temperatureScalingRival(named(6, [{ name: "b", shift: { nllAfterTemperature: 0.05 } }]));
    expect(behind).toMatch(/^Temperature scaling on “no smoothing” gives better probabilities than “b” and costs/);
    const [same] = temperatureScalingRival(named(6, [{ name: "b", shift: { nll: 0.08 } }]));
    expect(same).toMatch(/temperature scaling on “no smoothing” does as well as “b” as far as 6 seeds can tell/);
  });

  test("are named where nothing is shown, where seeds are too few, and where there is one", () => {
    expect(noDifferenceShown(named(6, [{ name: "b" }]))[0]).toMatch(
      /^No difference that 6 seeds can show between “no smoothing” and “b”: accuracy went from/,
    );
    expect(tooFewSeeds(named(4, [cosine]))[1]).toMatch(
      /^What was seen with “cosine schedule”, without proof: accuracy/,
    );
    expect(oneSeed(named(1, [cosine]))[0]).toMatch(
      /^One seed cannot tell what “cosine schedule” did from chance; that takes 6 seeds at least \(--seeds\)\./,
    );
  });

  test("of which the best is named, without a claim that it was chosen", () => {
    const [, best] = accuracyChanged(named(8, [cosine, { name: "warm", shift: { accuracy: 0.02 } }]));
    expect(best).toBe(
      "The highest mean accuracy is with “warm”; the 2 other arms were each tested against “no smoothing”, not against " +
        "one another, so this does not choose among them.",
    );
  });

  test("are named where no temperature was found, and where probabilities need sharpening", () => {
    const perSeed = { temperature: [0.5, 0, 0.6, 0.7, 0.5, 0.6] };
    expect(temperatureNotFitted(named(6, [{ name: "b", perSeed }]))[0]).toMatch(
      /^The temperature of “b” has no optimum/,
    );
    const many = ["a", "b", "c", "d", "e"].map((name) => ({ name, ...usual }));
    expect(underConfident(named(6, many))[0]).toMatch(
      /^With “a”, “b” and 3 others the classifier is under-confident: its mean confidence lies 1\d\.\d to 1\d\.\d percentage points below its accuracy, .* T = 0\.\d\d to 0\.\d\d, below 1/,
    );
  });
});

describe("arms that are called by their ε", () => {
  test("are held against the base by name when it is not ε = 0", () => {
    const arms = [0.05, 0.1, 0.2].map((epsilon, i) => ({
      name: `ε = ${epsilon}`,
      epsilon,
      shift: { accuracy: 0.01 * i, nllAfterTemperature: -0.02 * i },
    }));
    const [changed, best] = accuracyChanged(namedEvidence(8, arms));
    expect(changed).toMatch(/^With ε = 0\.1 and 0\.2 accuracy is higher than at ε = 0\.05 on all 8 seeds, from/);
    expect(best).toContain(
      "The highest mean accuracy is at ε = 0.2; the 2 other arms were each tested against ε = 0.05,",
    );
    expect(temperatureScalingRival(namedEvidence(8, arms))[0]).toMatch(
      /^Temperature scaling on ε = 0\.05 would not have given the same as ε = 0\.1 and 0\.2:/,
    );
  });

  test("stand beside one with a name, each called as it is", () => {
    const [sentence] = accuracyChanged(named(8, [{ name: "ε = 0.1", epsilon: 0.1, ...usual }, cosine]));
    expect(sentence).toMatch(
      /^With ε = 0\.1 and “cosine schedule” accuracy is higher .* at ε = 0\.1 \(.* with “cosine/,
    );
  });
});

describe("a trainer that is not the laboratory's", () => {
  const scope = (trainer: Changes["trainer"]): string =>
    limits(evidence(6, { 0.1: usual }, trainer === undefined ? {} : { trainer })).join(" ");

  test("decides by itself what a seed redraws, and the limits say so", () => {
    expect(scope(undefined)).toContain(
      "The seeds redraw initial weights, training rows and their order, never the test",
    );
    for (const trainer of [command, { ...command, kind: "module" }] as const) {
      expect(scope(trainer)).toMatch(
        /What a seed redraws is the trainer’s business; runs are paired by seed and judged on the same test rows, and nothing here speaks of other data or other models\.$/,
      );
    }
    expect(scope(given)).toContain("What a seed redraws was decided where the predictions were made; runs are paired");
    for (const trainer of [command, given]) expect(scope(trainer)).not.toContain("initial weights");
  });

  test("leaves no option to add seeds where predictions were given", () => {
    expect(tooFewSeeds(evidence(3, { 0.1: usual }, { trainer: given }))[0]).toMatch(
      /to show one takes 6 seeds at least\.$/,
    );
    expect(tooFewSeeds(evidence(3, { 0.1: usual }, { trainer: command }))[0]).toMatch(/at least \(--seeds\)\.$/);
    expect(oneSeed(evidence(1, { 0.1: usual }, { trainer: given }))[0]).not.toContain("--seeds");
  });

  test("with one arm alone has nothing to compare, and only the default arms get the option that adds one", () => {
    expect(nothingToCompare(evidence(3, {}, { trainer: command }))[0]).toMatch(/--epsilon 0,0\.1 adds an arm/);
    expect(nothingToCompare(named(3, []))).toEqual([
      "Only “no smoothing” was trained, so there is nothing to compare.",
    ]);
    expect(nothingToCompare(named(3, [], { trainer: given }))).toEqual([
      "Only “no smoothing” has predictions, so there is nothing to compare.",
    ]);
  });

  test("without histories leaves unknown whether training had ended: the limits say it, and nothing else is said", () => {
    const untold = { ...usual, history: [] };
    const none = evidence(6, { 0: { history: [] }, 0.1: untold }, { trainer: command });
    expect(none.arms.map((arm) => arm.stillImproving)).toEqual([null, null]);
    expect(limits(none)[0]).toMatch(
      / Whether training had come to its end is unknown: no history of the validation loss was kept\.$/,
    );
    expect(stillImproving(none)).toEqual([]);
    expect(limits(evidence(6, { 0.1: untold }, { trainer: command }))[0]).toContain(
      "Whether training of ε = 0.1 had come to its end is unknown",
    );
    expect(limits(evidence(6, { 0.1: usual }))[0]).not.toContain("unknown");
  });

  test("that told its epochs may have ended too early: a longer run is proposed, no command is made up", () => {
    const improving = { ...usual, stillImproving: true };
    const both = evidence(6, { 0: { stillImproving: true }, 0.1: improving }, { trainer: command });
    expect(stillImproving(both)).toEqual([
      "The validation loss at ε = 0 and 0.1 was still falling when the 5 epochs ran out, so the differences may be " +
        "differences in speed of training, not in where it ends. Runs with more epochs would show it.",
    ]);
    const untoldBase = evidence(6, { 0: { history: [] }, 0.1: improving }, { trainer: command });
    expect(stillImproving(untoldBase)).toEqual([
      "With ε = 0.1 the validation loss was still falling when the 5 epochs ran out. Runs with more epochs would show it.",
    ]);
    expect(stillImproving(evidence(6, { 0.1: usual }, { trainer: command, epochs: 1 }))[0]).toMatch(
      /^A single epoch cannot show .* speed of training\. Runs with more epochs would show it\.$/,
    );
  });

  test("arms that train for different numbers of epochs share none, and no one command makes all longer", () => {
    const point = { trainLoss: null, trainFloor: null, trainCrossEntropy: null, validationAccuracy: null };
    const history = (epochs: number) =>
      Array.from({ length: 6 }, () =>
        Array.from({ length: epochs }, (_, i) => ({ ...point, epoch: i + 1, validationNll: 1 / (i + 1) })),
      );
    const arm = { ...cosine, parameters: { epochs: 9 }, history: history(9) };
    expect(stillImproving(named(6, [arm]))).toEqual([
      "With “cosine schedule” the validation loss was still falling after the last epoch, with “no smoothing” it was " +
        "not: longer training may add to what was seen. Runs with more epochs would show it.",
    ]);
  });
});
