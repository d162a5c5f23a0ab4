import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { accuracyAgainst } from "../../../attacks/accuracy-against.ts";
import type { FgsmConfig, PgdConfig } from "../../../attacks/attack-config.ts";
import { attackInBatches } from "../../../attacks/in-batches.ts";
import type { Running } from "../../../attacks/pace.ts";
import { survives } from "../../../attacks/survives.ts";
import { loadDataset } from "../../../data/dataset.ts";
import { writeNpz } from "../../../data/npz.ts";
import type { Workplace } from "../../serve-trials.ts";
import type { Training } from "../results.ts";
import { type AttackedArrays, arraysOf, attackedFile, summarize, summaryFile } from "./attacked-files.ts";
import { readCrafted } from "./craft-trial.ts";
import { chooseDigits } from "./digits.ts";
import { firstRows, type Measurement, type Rows } from "./measurement.ts";
import { createStages } from "./stages.ts";
import { stepCounts, unbounded, withSteps } from "./step-counts.ts";
import { answersOf, type Subject, share, underFgsm } from "./subject.ts";
import { trainedModel } from "./trained-model.ts";

/** One trained model attacked in every way. */
export interface AttackTrialConfig extends Measurement {
  /** Of the model, which also decides the random starts. */
  readonly seed: number;
  readonly target: {
    /** The training trial. */
    readonly trial: string;
    /** As asked for. */
    readonly labelSmoothing: number;
    readonly training: Training;
  };
  /** The trial whose images are the transferred attack. */
  readonly crafted: string;
}

/**
 * Measures one trained model: its accuracy against FGSM, PGD and transferred images at every strength, what it says of
 * the attacked rows, and what checks for hidden gradients need. Leaves `attacks.json` and `attacked.npz`.
 *
 * Under FGSM and transfer a row is right whose adversarial image is predicted as its label; FGSM leads away from the
 * model's own predictions, as in cleverhans' tutorial. Under PGD a row is right that no point of the attack gets wrong.
 */
export async function attackTrial(config: AttackTrialConfig, place: Workplace): Promise<void> {
  const { seed, pgd, strengths, attackedRows, trainSize, batchSize } = config;
  const { epsilon, norm } = pgd;
  const dataset = loadDataset(config.data);
  const model = await trainedModel(place.experiment, config.target.trial, config.model, dataset);
  const subject: Subject = { model, batchSize };
  const rows = firstRows(dataset, dataset.test, attackedRows);
  const trainRows = firstRows(dataset, dataset.train, Math.min(attackedRows, trainSize ?? dataset.train.rows));
  const { inputs, labels } = rows;
  const curvePasses = strengths.filter((strength) => strength > 0).length * passesOf(pgd);
  const fewerSteps = stepCounts(pgd).map((steps) => withSteps(pgd, steps));
  const hidingPasses = fewerSteps.map((fewer) => (fewer.steps === pgd.steps ? 0 : passesOf(fewer)));
  const total = curvePasses + 2 * passesOf(pgd) + hidingPasses.reduce((sum, passes) => sum + passes, 0);
  const stages = createStages(place.onProgress, total);
  const running = (passes: number): Running => ({ seed, batchSize, onProgress: stages.next(passes) });

  const clean = answersOf(subject, rows);
  const fgsm: FgsmConfig = { kind: "fgsm", epsilon, norm };
  const attackedByFgsm = underFgsm(subject, rows, fgsm);
  const fgsmRight = strengths.map((strength) =>
    strength === 0 ? clean.right : answersOf(subject, underFgsm(subject, rows, { ...fgsm, epsilon: strength })).right,
  );
  const pgdCurve = await accuracyAgainst(model, inputs, labels, pgd, strengths, running(curvePasses));
  const attackedByPgd: Rows = {
    inputs: await attackInBatches(model, inputs, labels, pgd, running(passesOf(pgd))),
    labels,
  };
  const transferRight = strengths.map((strength) => {
    if (strength === 0) return clean.right;
    return answersOf(subject, { inputs: readCrafted(place.experiment, config.crafted, strength), labels }).right;
  });

  const anything = unbounded(pgd, model.inputSize);
  const whateverComes = await survives(model, inputs, labels, anything, running(passesOf(pgd)));
  const bySteps: { steps: number; survivors: Uint8Array }[] = [];
  for (const [i, fewer] of fewerSteps.entries()) {
    const survivors =
      fewer.steps === pgd.steps
        ? pgdCurve[strengths.indexOf(epsilon)].survivors
        : await survives(model, inputs, labels, fewer, running(hidingPasses[i]));
    bySteps.push({ steps: fewer.steps, survivors });
  }

  const arrays: AttackedArrays = {
    labels,
    classes: model.classes,
    logits: {
      clean: clean.logits,
      fgsm: answersOf(subject, attackedByFgsm).logits,
      pgd: answersOf(subject, attackedByPgd).logits,
    },
    right: { fgsm: fgsmRight, pgd: pgdCurve.map(({ survivors }) => survivors), transfer: transferRight },
    unbounded: whateverComes,
    bySteps,
    ...chooseDigits(labels, model, { fgsm: attackedByFgsm.inputs, pgd: attackedByPgd.inputs }),
  };
  const train = {
    clean: share(answersOf(subject, trainRows).right),
    fgsm: share(answersOf(subject, underFgsm(subject, trainRows, fgsm)).right),
  };
  writeNpz(join(place.folder, attackedFile), arraysOf(arrays));
  writeFileSync(join(place.folder, summaryFile), `${JSON.stringify(summarize(arrays, strengths, train), null, 2)}\n`);
}

/** Forward and backward passes over all rows, were none of them to fall. */
function passesOf({ restarts, steps }: PgdConfig): number {
  return restarts * steps;
}
