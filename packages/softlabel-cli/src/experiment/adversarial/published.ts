import type { Training } from "./results.ts";

/** One published run of cleverhans' MNIST tutorial, whose numbers stand beside ours in the report. */
export interface PublishedRun {
  /** Who says it: `cleverhans, issue 170`. */
  readonly source: string;
  readonly url: string;
  readonly epochs: number;
  /** Images that it trained on. */
  readonly trainRows: number;
  /** `null` where the source does not say. */
  readonly optimizer: "adam" | null;
  /** What was attacked with: FGSM within ε in L∞. */
  readonly attackEpsilon: number;
  /** What ± is, or how many runs: `one run`. */
  readonly spreadOf: string;
  /** What else was otherwise than in our run, whatever its options; a sentence. */
  readonly remark: string;
  /** Accuracy on the test images. */
  readonly numbers: readonly PublishedNumber[];
}

/** A published accuracy, and which of ours it is to be read beside. */
export interface PublishedNumber {
  readonly training: Training;
  readonly rows: "clean" | "fgsm";
  /** In [0, 1]. */
  readonly accuracy: number;
  /** ± as published, in [0, 1]; `null` where there is none. */
  readonly spread: number | null;
}

// Both are of 2017, when the tutorial clipped the labels (`Y_train.clip(label_smooth / 9., 1. - label_smooth)`) and gave
// FGSM no clip_min and clip_max (cleverhans_tutorials/mnist_tutorial_tf.py of 2017-08-30).
const remark =
  "The tutorial of 2017 did not clip attacked images to [0, 1], and smoothed labels to 0.9 and 0.1/9, which is " +
  "ε = 0.11 in our convention.";

/** The runs of cleverhans' MNIST tutorial that were published with their numbers. */
export const publishedRuns: readonly PublishedRun[] = [
  {
    source: "cleverhans, issue 170",
    url: "https://github.com/cleverhans-lab/cleverhans/issues/170",
    epochs: 6,
    trainRows: 60000,
    optimizer: "adam",
    attackEpsilon: 0.3,
    spreadOf: "one run",
    remark,
    numbers: [
      { training: "clean", rows: "clean", accuracy: 0.9933, spread: null },
      { training: "clean", rows: "fgsm", accuracy: 0.0277, spread: null },
      { training: "adversarial", rows: "fgsm", accuracy: 0.9614, spread: null },
    ],
  },
  {
    source: "cleverhans, pull request 249",
    url: "https://github.com/cleverhans-lab/cleverhans/pull/249",
    epochs: 50,
    trainRows: 60000,
    optimizer: null,
    attackEpsilon: 0.3,
    spreadOf: "± as published",
    remark,
    numbers: [
      { training: "clean", rows: "clean", accuracy: 0.9933, spread: 0.0003 },
      { training: "clean", rows: "fgsm", accuracy: 0.2102, spread: 0.0174 },
      { training: "adversarial", rows: "clean", accuracy: 0.9921, spread: 0.0003 },
      { training: "adversarial", rows: "fgsm", accuracy: 0.9873, spread: 0.0018 },
    ],
  },
];
