import { type Predictions, topLabel } from "softlabel/calibration";
import type { MeasuredArm } from "./judge-arms.ts";
import type { AttackedDigit, Guess } from "./results.ts";

/** The images that an experiment shows. */
export interface Gallery {
  /** A test row's pixels as bytes. */
  readonly pixels: (row: number) => readonly number[];
  /** The attack that they are shown under. */
  readonly attack: "fgsm" | "pgd";
}

/** The test images that were kept to be shown, as every arm's model of the first seed sees them. */
export function showDigits(arms: readonly MeasuredArm[], { pixels, attack }: Gallery): readonly AttackedDigit[] {
  const { digitRows, labels } = arms[0].attacked[0];
  const seen = arms.map(({ labelSmoothing, training, attacked: [first] }) => ({
    labelSmoothing,
    training,
    images: first.digitImages[attack],
    guesses: { clean: guessesOf(first.logits.clean, first), attacked: guessesOf(first.logits[attack], first) },
  }));
  return Array.from(digitRows, (row, at) => {
    const clean = pixels(row);
    const size = clean.length;
    return {
      row,
      label: labels[row],
      clean,
      seenBy: seen.map(({ labelSmoothing, training, images, guesses }) => ({
        labelSmoothing,
        training,
        attacked: [...images.subarray(at * size, (at + 1) * size)],
        prediction: { clean: guesses.clean(row), attacked: guesses.attacked(row) },
      })),
    };
  });
}

function guessesOf(
  logits: Float32Array,
  { labels, classes }: { readonly labels: Int32Array; readonly classes: number },
): (row: number) => Guess {
  const predictions: Predictions = { data: logits, shape: [labels.length, classes], kind: "logits" };
  const { predicted, confidence } = topLabel(labels, predictions);
  return (row) => ({ label: predicted[row], confidence: confidence[row] });
}
