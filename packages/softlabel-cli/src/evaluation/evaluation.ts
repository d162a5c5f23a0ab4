import type { ClassSummary, ConfidenceBin, RecalibratorDocument, ReliabilityBin } from "softlabel/calibration";

/**
 * `results.json` of `softlabel evaluate`: what a file of predictions says, with intervals, and what recalibration would
 * mend. Everything but `run` is a function of the files, the options and the code.
 *
 * In the file a number that is NaN or ±∞ is `null`.
 */
export interface EvaluationResults {
  readonly schema: "softlabel.evaluate/1";
  /** The verdict's sentences, the most important first. */
  readonly verdict: readonly string[];
  /** One or more files; the first is what the others are compared with. */
  readonly arms: readonly EvaluatedArm[];
  readonly options: EvaluationOptions;
  readonly run: { readonly startedAt: string; readonly seconds: number; readonly command: string };
}

export interface EvaluationOptions {
  /** Bins of the expected calibration error and of the reliability diagram. */
  readonly bins: number;
  readonly edges: string;
  /** The library whose calibration error is reproduced, where the user named one. */
  readonly preset: string | null;
  readonly resamples: number;
  readonly confidenceLevel: number;
  readonly seed: number;
  /** ε with which the model was trained, where the user said so. */
  readonly labelSmoothing: number | null;
  readonly versions: Readonly<Record<string, string>>;
}

/** One file of predictions, judged as it is and after each recalibrator. */
export interface EvaluatedArm {
  /** How the arm is called: the file's name, made unique. */
  readonly name: string;
  readonly source: {
    readonly path: string;
    /** SHA-256 of the file in hexadecimal; of standard input, of the numbers that were read. */
    readonly hash: string;
    readonly kind: "logits" | "probabilities" | "top-label";
    /** Rows that were judged. */
    readonly rows: number;
    /** 0 where the file holds only the confidence of the first choice. */
    readonly classes: number;
    readonly classNames: readonly string[] | null;
    /** Rows left out under --drop-invalid. */
    readonly dropped: number;
    /**
     * Where the recalibrators were fitted: another file, the file's validation rows, a seeded share of it, which then
     * nothing else is judged on, or each half of the rows for the other.
     */
    readonly fittedOn: { readonly what: "file" | "validation rows" | "split" | "halves"; readonly rows: number } | null;
  };
  readonly metrics: Readonly<Record<string, MeasuredValue>>;
  /** By the recalibrator's method, on the same rows as `metrics`. */
  readonly recalibrated: Readonly<Record<string, RecalibratedArm>>;
  /** What the training's ε means for these predictions; null where nobody said ε. */
  readonly smoothing: SmoothingReading | null;
  readonly figures: EvaluationFigures;
  readonly classes: readonly ClassSummary[];
  /** The most confident wrong rows: numbers in the file, from 0. */
  readonly mistakes: readonly Mistake[];
  /** Against the first file, row by row; null for the first itself and where only one was given. */
  readonly comparison: ArmComparison | null;
}

/** What changed from the first file, on the same rows; or why that cannot be said. */
export type ArmComparison =
  | {
      readonly comparable: true;
      /** By metric: this file's less the first one's; `p` of the exact test of McNemar or of permutations. */
      readonly differences: Readonly<Record<string, Difference & { readonly p?: number }>>;
      /** Where a file has no labels: nothing but the number of rows shows that they are the same. */
      readonly onTrust?: true;
    }
  | { readonly comparable: false; readonly reason: string };

/** null where it is not finite, or no interval was asked for. */
export interface Difference {
  readonly mean: number | null;
  readonly low: number | null;
  readonly high: number | null;
}

/** One number with its bootstrap interval over the rows and the convention by which it was computed. */
export interface MeasuredValue {
  readonly value: number | null;
  readonly low: number | null;
  readonly high: number | null;
  readonly convention?: string;
  /** Of the metrics that are tests. */
  readonly p?: number;
}

export interface RecalibratedArm {
  readonly parameters: Readonly<Record<string, unknown>>;
  /** What `softlabel apply` and the library load. */
  readonly document: RecalibratorDocument;
  /** Of a temperature: the likelihood interval. */
  readonly interval?: { readonly low: number; readonly high: number | null };
  /** In words: what the search says of itself, where it did not end in an ordinary optimum. */
  readonly remarks: readonly string[];
  readonly metrics: Readonly<Record<string, MeasuredValue>>;
  /** Against the predictions as they are, paired over the rows: nll, brier, ece. */
  readonly difference: Readonly<Record<string, Difference>>;
  readonly reliability: readonly ReliabilityBin[];
}

/** A model trained with ε aims at q′, not at the truth: how far that target explains what is seen. */
export interface SmoothingReading {
  readonly epsilon: number;
  /** H(q′): the least that the smoothed loss can be, in nats. */
  readonly floor: number;
  /** The mean smoothed loss of the predictions, in nats. */
  readonly smoothedLoss: number;
  /** The confidence of the smoothed optimum, 1 − ε + ε/K, beside the mean confidence. */
  readonly targetConfidence: number;
  readonly meanConfidence: number;
  /** The temperature fitted on the fitting rows; null where there are none. */
  readonly temperature: number | null;
}

export interface EvaluationFigures {
  readonly reliability: readonly ReliabilityBin[];
  /** The smooth diagram: estimated accuracy along confidence, with its bootstrap band and the rows' density. */
  readonly smooth: {
    readonly confidence: readonly number[];
    readonly accuracy: readonly number[];
    readonly low: readonly number[];
    readonly high: readonly number[];
    readonly density: readonly number[];
    /** Of the Gaussian that smooths. */
    readonly width: number;
  };
  readonly confidence: readonly ConfidenceBin[];
  readonly riskCoverage: { readonly coverage: readonly number[]; readonly risk: readonly number[] };
}

export interface Mistake {
  readonly row: number;
  /** The class's number; of a file of confidences what it says, a number or a word, null where it does not. */
  readonly label: number | string | null;
  readonly prediction: number | string | null;
  readonly confidence: number;
}
