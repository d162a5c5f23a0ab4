import { formatCount, formatEpsilon } from "../verdict-metrics.ts";
import { counted, inWords } from "../verdict-wording.ts";
import { twice } from "./options.ts";
import { type AdversarialEvidence, armInWords } from "./verdict-words.ts";

/** Which checks for hidden gradients failed, with their numbers; or that none did. */
export function maskingChecked({ checks, experiment }: AdversarialEvidence): string[] {
  const failed = checks.filter(({ passed }) => !passed);
  if (failed.length === 0) {
    return checks.length === 0 ? [] : [`All ${checks.length} checks for hidden gradients passed.`];
  }
  const arms = [...new Set(failed.map((check) => armInWords(check, experiment)))];
  return arms.map((arm) => {
    const own = failed.filter((check) => armInWords(check, experiment) === arm);
    const told = own.map(({ name, evidence }) => `"${name}": ${evidence}`);
    return (
      `With ${arm}, ${counted(own.length, "check")} for hidden gradients failed, so its accuracy under attack may be too ` +
      `high. ${told.join(" ")}`
    );
  });
}

/** What ε was trained when smoothing was applied twice. */
export function smoothedTwice({ experiment }: AdversarialEvidence): string[] {
  const { doubleSmoothing, labelSmoothings } = experiment;
  const smoothed = labelSmoothings.filter((epsilon) => epsilon > 0);
  if (!doubleSmoothing || smoothed.length === 0) return [];
  const pairs = smoothed.map((epsilon) => `ε = ${formatEpsilon(epsilon)} trained as ${formatEpsilon(twice(epsilon))}`);
  return [
    `Smoothing was applied twice, as cleverhans' tutorials did for three weeks (their pull request 483): ${inWords(pairs)}.`,
  ];
}

/** What the tutorial trains on. */
const tutorial = { epochs: 6, trainRows: 60_000 } as const;

/** Shorter training than the tutorial's: nothing says that it had come to its end. */
export function shortTraining({ experiment }: AdversarialEvidence): string[] {
  const { epochs, command } = experiment;
  const { trainRows } = experiment.data;
  if (epochs * trainRows >= tutorial.epochs * tutorial.trainRows) return [];
  const longer = command
    .replace(/--train-size \S+/, "--train-size all")
    .replace(/--epochs \d+/, `--epochs ${Math.max(epochs, tutorial.epochs)}`);
  return [
    `${counted(epochs, "epoch")} of ${counted(trainRows, "image")} may end before training has come to its end (cleverhans' ` +
      `tutorial has ${tutorial.epochs} of ${formatCount(tutorial.trainRows)}), so differences may be differences in speed of training. ` +
      `To see: ${longer}`,
  ];
}

/** From this radius on, a ball in L∞ is called huge. */
const hugeRadius = 0.3;

/**
 * That the ball of the tutorial is huge, and what a defence against it is worth.
 *
 * @see Madry et al. 2018, appendix: the network that they trained on MNIST thresholds its pixels
 */
export function hugeBall({ experiment }: AdversarialEvidence): string[] {
  const { norm, epsilon } = experiment.attack;
  if (norm !== "inf" || epsilon < hugeRadius) return [];
  return [
    `${formatEpsilon(epsilon)} in L∞ is a huge ball: every pixel may change by ${Math.round(100 * epsilon)}% of the way from ` +
      `black to white. On images that are nearly black and white, as MNIST's, a threshold on the pixels undoes much of ` +
      `that, so what withstands it here need not withstand it on photographs.`,
  ];
}

/** What nothing here speaks of. */
export function limits({ experiment }: AdversarialEvidence): string[] {
  const { attackedRows, testRows } = experiment.data;
  const rows = attackedRows === testRows ? "" : ` of the first ${counted(attackedRows, "test image")}`;
  return [
    `Accuracies under attack are${rows === "" ? "" : ` those${rows} and are`} upper bounds: a stronger attack may find ` +
      `more. The seeds redraw initial weights and the order of training, never the images or the model: nothing here ` +
      `speaks of other data or other models.`,
  ];
}
