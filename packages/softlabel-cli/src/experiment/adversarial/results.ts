import type { ConfidenceBin, ReliabilityBin } from "softlabel/calibration";
import type { Difference, RunCard, Summary } from "../results.ts";

/**
 * `results.json` of `softlabel adversarial`. All but `run` is decided by the options, the data and the code.
 */
export interface AdversarialResults {
  readonly schema: "softlabel.adversarial/1";
  /** The verdict's sentences, the most important first. */
  readonly verdict: readonly string[];
  readonly experiment: AdversarialExperiment;
  /** By ε ascending, and of each ε the one trained on clean images first. */
  readonly arms: readonly AdversarialArm[];
  /** Smoothed against ε = 0 of the same training, seed by seed; empty when there is no ε = 0. */
  readonly comparisons: readonly SmoothingComparison[];
  /** What gradient masking would show in; arm by arm. */
  readonly checks: readonly MaskingCheck[];
  /** A few test images, first seed. */
  readonly digits: readonly AttackedDigit[];
  readonly run: RunCard;
}

export type Training = "clean" | "adversarial";
export type AttackName = "fgsm" | "pgd" | "transfer";

export interface AdversarialExperiment {
  readonly data: {
    readonly name: string;
    /** SHA-256 over the images and labels as read, in hexadecimal. */
    readonly hash: string;
    readonly classes: number;
    readonly classNames: readonly string[];
    readonly height: number;
    readonly width: number;
    readonly channels: number;
    readonly trainRows: number;
    readonly testRows: number;
    /** How many of the test rows, the first ones, were attacked. */
    readonly attackedRows: number;
  };
  readonly model: string;
  /** Trainable numbers in the model. */
  readonly parameters: number;
  /** ε of label smoothing of the arms, as asked for. */
  readonly labelSmoothings: readonly number[];
  /** Whether each was applied twice, as cleverhans' tutorials did in July 2018: ε twice is 1 − (1 − ε)². */
  readonly doubleSmoothing: boolean;
  readonly seeds: readonly number[];
  readonly epochs: number;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: "adam" | "sgd" | "momentum";
  /** The attack that adversarial training trains against, and that `fgsm` and `pgd` below are read at. */
  readonly attack: {
    /** The one that trains; `"none"` trains no adversarial arms. */
    readonly name: "fgsm" | "pgd" | "none";
    readonly norm: "inf" | 2;
    /** Radius of the ball, in units of pixels in [0, 1]. */
    readonly epsilon: number;
    /** Of PGD. */
    readonly steps: number;
    readonly stepSize: number;
    readonly restarts: number;
    /** The weight of the adversarial loss beside the clean one. */
    readonly coefficient: number;
  };
  /** The strengths of the curves, 0 first, ascending; the attack's own is among them. */
  readonly strengths: readonly number[];
  /** Name → version of what computes. */
  readonly versions: Readonly<Record<string, string>>;
  /** SHA-256 of the code that trains and attacks, in hexadecimal. */
  readonly codeVersion: string;
  /** The exact command that runs the same experiment again. */
  readonly command: string;
}

/** Accuracies in [0, 1], means over the seeds. */
export interface TrainAccuracies {
  readonly clean: number;
  /** Of the images that FGSM leads away from the model's own predictions, as cleverhans' tutorial reads it. */
  readonly fgsm: number;
}

export interface TestAccuracies extends TrainAccuracies {
  /** Rows that no point of the attack gets wrong, the clean image among them. */
  readonly pgd: number;
  /** Of the images that PGD made on the ε = 0 clean-trained model of another seed. */
  readonly transfer: number;
}

export interface AdversarialArm {
  readonly labelSmoothing: number;
  readonly training: Training;
  readonly trials: readonly { readonly seed: number; readonly train: string; readonly attack: string }[];
  /** On the first training rows, as many as were attacked of the test rows, or all where fewer trained. */
  readonly train: TrainAccuracies;
  /** On the attacked test rows, but `clean`, which is of all test rows. */
  readonly test: TestAccuracies;
  /** The same, seed by seed in the order of `experiment.seeds`. */
  readonly perSeed: {
    readonly train: { readonly [Name in keyof TrainAccuracies]: readonly number[] };
    readonly test: { readonly [Name in keyof TestAccuracies]: readonly number[] };
  };
  readonly curves: Readonly<Record<AttackName, readonly CurvePoint[]>>;
  /** How the attacked rows are predicted, as they are and attacked at the attack's ε; all seeds pooled. */
  readonly calibration: Readonly<Record<"clean" | "fgsm" | "pgd", AttackedCalibration>>;
}

/** Accuracy against an attack of one strength. */
export interface CurvePoint {
  readonly strength: number;
  readonly accuracy: Summary;
  /** 95 % Wilson interval of the mean accuracy on as many rows as were attacked: every seed judges the same ones. */
  readonly low: number;
  readonly high: number;
}

export interface AttackedCalibration {
  readonly rows: number;
  readonly accuracy: number;
  readonly meanConfidence: number;
  /** Mean confidence of the rows that are predicted wrong; `null` when none is. */
  readonly meanConfidenceWrong: number | null;
  readonly ece: number;
  readonly nll: number;
  readonly reliability: readonly ReliabilityBin[];
  readonly confidence: readonly ConfidenceBin[];
}

export interface SmoothingComparison {
  readonly labelSmoothing: number;
  readonly training: Training;
  /** Accuracy, this ε minus ε = 0, at the attack's ε; Holm's correction over all four of all `comparisons`. */
  readonly difference: Readonly<Record<"clean" | AttackName, Difference>>;
  /** FGSM says more robust, and PGD or transfer does not: the gain is hidden gradients. */
  readonly masked: boolean;
}

export interface MaskingCheck {
  readonly labelSmoothing: number;
  readonly training: Training;
  readonly name: "unbounded attack reaches 0" | "more steps never help the defender" | "transfer is not stronger";
  readonly passed: boolean;
  /** One sentence with the numbers that it was judged by. */
  readonly evidence: string;
}

/** One test image under the attack, as each clean-trained arm sees it. */
export interface AttackedDigit {
  /** Row of the test images. */
  readonly row: number;
  readonly label: number;
  /** Pixels in [0, 1] rounded to bytes, row by row, [height, width, channels]. */
  readonly clean: readonly number[];
  readonly seenBy: readonly {
    readonly labelSmoothing: number;
    readonly training: Training;
    /** The attack made on this very model; bytes as above. */
    readonly attacked: readonly number[];
    readonly prediction: { readonly clean: Guess; readonly attacked: Guess };
  }[];
}

export interface Guess {
  readonly label: number;
  readonly confidence: number;
}
