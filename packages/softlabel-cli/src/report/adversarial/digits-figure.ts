import type { AdversarialResults } from "../../experiment/adversarial/results.ts";
import type { Figure } from "../figure.ts";
import { rowsLabel, strengthInWords } from "./arm-names.ts";
import { digitPicture } from "./digit-picture.ts";

/** A few test images under attack; `null` where none were kept. */
export function digitsFigure(results: AdversarialResults): Figure | null {
  const { digits, experiment } = results;
  if (digits.length === 0) return null;
  const attack = rowsLabel(experiment.attack.name === "pgd" ? "pgd" : "fgsm", experiment);
  const className = (label: number): string => experiment.data.classNames[label] ?? String(label);
  return {
    id: "digits",
    title: "What an attack looks like",
    caption:
      `Test images under ${attack} at ${strengthInWords(experiment)}, made on the very model that answers, of the first ` +
      "seed. The perturbation is the attacked image less the image as it is; grey is no change. Below an image stand the " +
      "model’s answer and its confidence, with a cross where the answer is wrong.",
    groups: [[digitPicture(results)]],
    size: "broad",
    legend: [],
    csv: {
      name: "digits",
      columns: [
        "row",
        "label",
        "labelName",
        "labelSmoothing",
        "training",
        "cleanPrediction",
        "cleanPredictionName",
        "cleanConfidence",
        "attackedPrediction",
        "attackedPredictionName",
        "attackedConfidence",
      ],
      rows: digits.flatMap(({ row, label, seenBy }) =>
        seenBy.map(({ labelSmoothing, training, prediction: { clean, attacked } }) => [
          row,
          label,
          className(label),
          labelSmoothing,
          training,
          clean.label,
          className(clean.label),
          clean.confidence,
          attacked.label,
          className(attacked.label),
          attacked.confidence,
        ]),
      ),
    },
  };
}
