import { describe, expect, test } from "vitest";
import { type AdversarialOptions, adversarialDefaults } from "../../../src/experiment/adversarial/options.ts";
import { type AdversarialTrials, planAdversarialTrials } from "../../../src/experiment/adversarial/plan-trials.ts";
import { passesOf } from "../../../src/experiment/adversarial/work.ts";
import type { TrainingTrial } from "../../../src/experiment/trials.ts";

const ingredients = { dataHash: "d", codeVersion: "c", attackCodeVersion: "a" };
const plan = (changed: Partial<AdversarialOptions> = {}, other: Partial<typeof ingredients> = {}): AdversarialTrials =>
  planAdversarialTrials({ ...adversarialDefaults, ...changed }, { ...ingredients, ...other });
const named = ({ config }: TrainingTrial): string =>
  `${config.labelSmoothing} ${config.adversary === null ? "clean" : "adversarial"} ${config.seed}`;
const trained = (trials: AdversarialTrials, id: string): string =>
  named(trials.train.find((trial) => trial.id === id) as TrainingTrial);
/** Per attack: the model, and the model that the transferred images are made on. */
const attacks = (trials: AdversarialTrials): string[] =>
  trials.attack.map(({ config }) => {
    const crafted = trials.craft.find(({ id }) => id === config.crafted);
    return `${trained(trials, config.target.trial)} by ${trained(trials, crafted?.config.source as string)}`;
  });

describe("planAdversarialTrials", () => {
  test("trains every ε on clean images and against the attack, seed by seed", () => {
    expect(plan().train.map(named)).toEqual(
      [1, 2].flatMap((seed) => [
        `0 adversarial ${seed}`,
        `0.1 adversarial ${seed}`,
        `0 clean ${seed}`,
        `0.1 clean ${seed}`,
      ]),
    );
  });

  test("trains as the tutorial does: the first images, no validation, FGSM of 0.3, half of the loss", () => {
    const [first] = plan().train;
    expect(first.config).toMatchObject({
      model: "cleverhans",
      trainRows: "first",
      validationSize: 0,
      prior: "uniform",
      labelNoise: 0,
      adversary: { attack: { kind: "fgsm", epsilon: 0.3, norm: "inf" }, coefficient: 0.5 },
    });
  });

  test("PGD trains from one random start, whatever judges", () => {
    const [first] = plan({ attack: "pgd", restarts: 3 }).train;
    expect(first.config.adversary?.attack).toEqual({
      kind: "pgd",
      epsilon: 0.3,
      norm: "inf",
      steps: 40,
      stepSize: 0.01875,
      restarts: 1,
    });
  });

  test("attacks every model once, with images made on the ε = 0 model of the next seed, the last seed's on the first", () => {
    const trials = plan({ seeds: 3 });
    expect(attacks(trials)).toEqual(
      trials.train.map((trial) => `${named(trial)} by 0 clean ${(trial.config.seed % 3) + 1}`),
    );
    expect(trials.craft).toHaveLength(3);
  });

  test("one seed takes a source of seed 2, which is no arm's", () => {
    const trials = plan({ seeds: 1 });
    expect(trials.train.map(named)).toEqual([
      "0 adversarial 1",
      "0.1 adversarial 1",
      "0 clean 1",
      "0.1 clean 1",
      "0 clean 2",
    ]);
    expect(new Set(attacks(trials).map((attack) => attack.split(" by ")[1]))).toEqual(new Set(["0 clean 2"]));
    expect(trials.arms.flatMap(({ trials: own }) => own.map(({ train }) => named(train)))).not.toContain("0 clean 2");
  });

  test("without ε = 0 among the arms its models are trained as sources alone", () => {
    const trials = plan({ labelSmoothing: [0.1], attack: "none" });
    expect(trials.train.map(named)).toEqual(["0.1 clean 1", "0.1 clean 2", "0 clean 2", "0 clean 1"]);
    expect(attacks(trials)).toEqual(["0.1 clean 1 by 0 clean 2", "0.1 clean 2 by 0 clean 1"]);
  });

  test("without an attack to train against there are only arms trained on clean images", () => {
    expect(plan({ attack: "none" }).arms.map(({ labelSmoothing, training }) => [labelSmoothing, training])).toEqual([
      [0, "clean"],
      [0.1, "clean"],
    ]);
  });

  test("arms are by ε ascending, the clean training first, their trials by seed", () => {
    const { arms } = plan();
    expect(arms.map(({ labelSmoothing, training }) => [labelSmoothing, training])).toEqual([
      [0, "clean"],
      [0, "adversarial"],
      [0.1, "clean"],
      [0.1, "adversarial"],
    ]);
    for (const { trials } of arms) expect(trials.map(({ train }) => train.config.seed)).toEqual([1, 2]);
  });

  test("smoothing twice trains 0.19 where 0.1 is asked for, and leaves ε = 0 as it is", () => {
    const twice = plan({ cleverhansDoubleSmoothing: true });
    expect(new Set(twice.train.map(({ config }) => config.labelSmoothing))).toEqual(new Set([0, 0.19]));
    expect(twice.arms.map(({ labelSmoothing }) => labelSmoothing)).toEqual([0, 0, 0.1, 0.1]);
    const once = new Set(plan().train.map(({ id }) => id));
    expect(twice.train.filter(({ id }) => once.has(id)).map(({ config }) => config.labelSmoothing)).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test("an attack knows how many images trained, so that training accuracies are of no others", () => {
    const [attack] = plan({ trainSize: 64, attackSize: 128 }).attack;
    expect(attack.config).toMatchObject({ trainSize: 64, attackedRows: 128 });
  });

  test("what changes only the attack keeps the trained models", () => {
    for (const changed of [{ attackSize: 64 }, { steps: 20 }, { strengths: [0, 0.3] }, { restarts: 2 }]) {
      expect(plan(changed).train).toEqual(plan().train);
      const before = new Set([...plan().attack, ...plan().craft].map(({ id }) => id));
      expect([...plan(changed).attack, ...plan(changed).craft].filter(({ id }) => before.has(id))).toEqual([]);
    }
    expect(plan({}, { attackCodeVersion: "b" }).train).toEqual(plan().train);
  });

  test("more seeds and more ε keep the trained models; jobs, folder and the data's place change nothing", () => {
    const more = new Set(plan({ seeds: 4, labelSmoothing: [0, 0.05, 0.1] }).train.map(({ id }) => id));
    expect(plan().train.filter(({ id }) => !more.has(id))).toEqual([]);
    const ids = (trials: AdversarialTrials): string[] =>
      [...trials.train, ...trials.craft, ...trials.attack].map(({ id }) => id);
    expect(ids(plan({ jobs: 9, out: "elsewhere", data: "the/same/elsewhere" }))).toEqual(ids(plan()));
    expect(new Set(ids(plan())).size).toBe(18);
  });
});

describe("passesOf", () => {
  test("a step against FGSM is three passes, one against PGD two and its steps", () => {
    const { train } = plan({ seeds: 1, trainSize: 1_000, epochs: 2 });
    expect(train.map((trial) => passesOf(trial, 1_000))).toEqual([48, 48, 16, 16, 16]);
    const [pgd] = plan({ seeds: 1, attack: "pgd", epochs: 1 }).train;
    expect(passesOf(pgd, 128)).toBe(42);
  });

  test("attacks count their steps on all batches, at every strength above 0", () => {
    const { craft, attack } = plan({ attackSize: 256, steps: 10, strengths: [0, 0.1, 0.3] });
    expect(passesOf(craft[0], 1_000)).toBe(2 * 10 * 2);
    const [adversarial, , clean] = attack.map((trial) => passesOf(trial, 1_000));
    expect([adversarial, clean]).toEqual([20 * 4, 20 * 2.5]);
  });
});
