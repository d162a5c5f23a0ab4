import type { Adversary } from "../../training/run.ts";
import type { Trial } from "../trials.ts";
import type { Measurement } from "./measuring/measurement.ts";

/**
 * How much a trial is to do, in passes of one batch through a model and back.
 *
 * A step of training is one pass, against an attack one more and those of the attack. An attack counts as if no row fell
 * before its end, on a model that was not trained against it as if half of them did.
 * @param trainRows - how many images train.
 */
export function passesOf(trial: Trial, trainRows: number): number {
  switch (trial.kind) {
    case "train": {
      const { epochs, batchSize, adversary } = trial.config;
      return epochs * Math.ceil(trainRows / batchSize) * (1 + passesAgainst(adversary));
    }
    case "external":
      return 1;
    case "craft":
      return passesPerStrength(trial.config) * attackedStrengths(trial.config);
    case "attack": {
      const falling = trial.config.target.training === "clean" ? 0.5 : 1;
      // The curve, and once more at the attack's ε with fewer steps; the images that are judged do not fall.
      return Math.ceil(passesPerStrength(trial.config) * (1 + falling * (1 + attackedStrengths(trial.config))));
    }
  }
}

function passesAgainst(adversary: Adversary | null): number {
  if (adversary === null) return 0;
  return adversary.attack.kind === "fgsm" ? 2 : 1 + adversary.attack.steps;
}

function passesPerStrength({ pgd, attackedRows, batchSize }: Measurement): number {
  return pgd.restarts * pgd.steps * Math.ceil(attackedRows / batchSize);
}

function attackedStrengths({ strengths }: Measurement): number {
  return strengths.filter((strength) => strength > 0).length;
}
