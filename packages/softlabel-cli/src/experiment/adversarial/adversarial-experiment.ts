import { ArgumentError } from "softlabel";
import { accuracy, topLabel } from "softlabel/calibration";
import { gatherPixels } from "../../data/batches.ts";
import { type Dataset, loadDataset } from "../../data/dataset.ts";
import { splitDataset } from "../../data/split.ts";
import { createModel } from "../../models/parameters.ts";
import { codeVersion } from "../../training/code-version.ts";
import { readTestPredictions } from "../read-trial.ts";
import { resolvedConfigOf } from "../replay-command.ts";
import { type ExperimentPlan, requireAllTrials } from "../run-experiment.ts";
import { trialFolder } from "../trial-store.ts";
import type { Trial } from "../trials.ts";
import { checkMasking } from "./check-masking.ts";
import { compareSmoothing } from "./compare-smoothing.ts";
import { adversarialCommand, describeAdversarial } from "./describe-experiment.ts";
import { judgeArm, type MeasuredArm } from "./judge-arms.ts";
import { readAttacked, readSummary } from "./measuring/attacked-files.ts";
import type { AdversarialOptions } from "./options.ts";
import { type PlannedArm, planAdversarialTrials } from "./plan-trials.ts";
import type { AdversarialResults } from "./results.ts";
import { type Gallery, showDigits } from "./show-digits.ts";
import { adversarialVerdict } from "./verdict.ts";
import { passesOf } from "./work.ts";

/**
 * The experiment of `softlabel adversarial`: every ε of label smoothing, trained on clean images and against an attack,
 * each model attacked in every way.
 *
 * @throws ArgumentError when the options do not fit the data.
 */
export function adversarialExperiment(options: AdversarialOptions): ExperimentPlan<AdversarialResults> {
  const dataset = loadDataset(options.data);
  const model = createModel(options.model, dataset, 1);
  const trainRows = requireFittingOptions(options, dataset);
  const attackCodeVersion = codeVersion("experiment/adversarial/measuring");
  const ingredients = { dataHash: dataset.hash, codeVersion: codeVersion() };
  const ofAttacks = { ...ingredients, codeVersion: attackCodeVersion };
  const trials = planAdversarialTrials({ ...options, trainSize: trainRows }, { ...ingredients, attackCodeVersion });
  return {
    out: options.out,
    jobs: options.jobs,
    resolvedConfig: resolvedConfigOf(adversarialCommand(options), options),
    trainer: null,
    data: options.data,
    ingredients: { train: ingredients, craft: ofAttacks, attack: ofAttacks },
    *phases() {
      for (const phase of [trials.train, trials.craft, trials.attack]) requireAllTrials((yield phase).failed);
    },
    work: (trial: Trial) => passesOf(trial, trainRows),
    judge(folder, run) {
      const experiment = describeAdversarial({
        options,
        dataset,
        model,
        trainRows,
        codeVersion: attackCodeVersion,
      });
      const measured = trials.arms.map((arm) => readArm(folder, arm));
      const arms = measured.map((arm) => judgeArm(arm, options.attackEpsilon));
      const comparisons = compareSmoothing(arms, options.attackEpsilon);
      const checks = measured.flatMap(checkMasking);
      const digits = showDigits(measured, galleryOf(dataset, options));
      const schema = "softlabel.adversarial/1";
      const verdict = adversarialVerdict({ schema, experiment, arms, comparisons, checks, digits, run });
      return { schema, verdict, experiment, arms, comparisons, checks, digits, run };
    },
  };
}

/** @returns how many images train. */
function requireFittingOptions(options: AdversarialOptions, dataset: Dataset): number {
  const { attackEpsilon, attackSize, norm, strengths, trainSize } = options;
  if (attackSize > dataset.test.rows) {
    throw new ArgumentError(
      `attackSize must be at most ${dataset.test.rows}, the test images of ${dataset.name}, got ${attackSize}; ` +
        "--attack-size sets it",
    );
  }
  const diagonal = Math.sqrt(dataset.height * dataset.width * dataset.channels);
  for (const [name, flag, radius] of [
    ["attackEpsilon", "--attack-epsilon", attackEpsilon],
    ["strengths", "--strengths", Math.max(...strengths)],
  ] as const) {
    if (norm === "inf" || radius <= diagonal) continue;
    throw new ArgumentError(
      `${name} must be at most ${diagonal} with norm 2, the distance between opposite images of ${dataset.name}, got ` +
        `${radius}; ${flag} sets ${name === "strengths" ? "them" : "it"}`,
    );
  }
  const split = { seed: 1, trainRows: "first", trainSize, validationSize: 0, labelNoise: 0 } as const;
  return splitDataset(dataset, split).train.length;
}

function readArm(folder: string, { labelSmoothing, training, trials }: PlannedArm): MeasuredArm {
  const attackFolders = trials.map(({ attack }) => trialFolder(folder, attack.id));
  return {
    labelSmoothing,
    training,
    trials: trials.map(({ train, attack }) => ({ seed: train.config.seed, train: train.id, attack: attack.id })),
    testAccuracy: trials.map(({ train }) => {
      const { labels, predictions } = readTestPredictions(trialFolder(folder, train.id));
      return accuracy(topLabel(labels, predictions));
    }),
    summaries: attackFolders.map(readSummary),
    attacked: attackFolders.map(readAttacked),
  };
}

/** Shown under what trained, and under FGSM where nothing did. */
function galleryOf(dataset: Dataset, { attack }: AdversarialOptions): Gallery {
  return {
    pixels: (row) => Array.from(gatherPixels(dataset, dataset.test, Int32Array.of(row)), (p) => Math.round(255 * p)),
    attack: attack === "pgd" ? "pgd" : "fgsm",
  };
}
