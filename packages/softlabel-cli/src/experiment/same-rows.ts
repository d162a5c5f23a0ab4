import { createHash } from "node:crypto";
import { ArgumentError } from "softlabel";
import type { LabelledPredictions, TrialPredictions } from "./judge-trial.ts";
import type { JudgedRows, Run } from "./sources/source.ts";

/** Two runs were judged on different rows: no comparison of them says anything about the arms. */
export class OtherRowsError extends ArgumentError {}

/** Holds the rows of run after run against those of the first. */
export interface SameRows {
  /** @throws {@link OtherRowsError} naming both runs and the first row that differs. */
  require(run: Run, predictions: TrialPredictions): void;
  /** What all of them were; `null` before the first. */
  rows(): JudgedRows | null;
}

/** Labels that another run's are held against. */
interface Reference {
  readonly run: Run;
  readonly labels: Int32Array;
  readonly classes: number;
}

/**
 * A pair of arms says something about the arms only when both were judged on the same rows: every run must have the same
 * classes and the same labels of test rows, and the runs of one seed the same labels of validation rows.
 */
export function createSameRows(): SameRows {
  let test: Reference | null = null;
  let validationRows = 0;
  const validation = new Map<number, Reference>();
  return {
    require(run, predictions) {
      if (test === null) {
        test = referenceOf(run, predictions.test);
        validationRows = predictions.validation.labels.length;
      } else requireSame(test, run, predictions.test, "test");
      const own = validation.get(run.seed);
      if (own === undefined) validation.set(run.seed, referenceOf(run, predictions.validation));
      else requireSame(own, run, predictions.validation, "validation");
    },
    rows: () =>
      test && {
        classes: test.classes,
        testRows: test.labels.length,
        validationRows,
        testLabelsHash: hashOf(test.labels),
      },
  };
}

/** A copy: the memory that predictions are read into is used again. */
function referenceOf(run: Run, { labels, predictions }: LabelledPredictions): Reference {
  return { run, labels: Int32Array.from(labels), classes: predictions.shape[1] };
}

function requireSame(
  reference: Reference,
  run: Run,
  { labels, predictions }: LabelledPredictions,
  part: "test" | "validation",
): void {
  const [own, other] = [nameOf(run), nameOf(reference.run)];
  const classes = predictions.shape[1];
  if (classes !== reference.classes) {
    throw new OtherRowsError(
      `arms must be judged on the same classes, got ${classes} in ${own} and ${reference.classes} in ${other}`,
    );
  }
  const same = part === "test" ? "arms" : "arms of one seed";
  const rows = part === "test" ? "test rows" : "validation rows";
  if (labels.length !== reference.labels.length) {
    throw new OtherRowsError(
      `${same} must be judged on the same ${rows}, got ${labels.length} in ${own} and ${reference.labels.length} in ${other}`,
    );
  }
  for (let row = 0; row < labels.length; row++) {
    if (labels[row] === reference.labels[row]) continue;
    throw new OtherRowsError(
      `${same} must be judged on the same ${rows}, in the same order, got label ${labels[row]} at row ${row} in ${own} ` +
        `and ${reference.labels[row]} in ${other}${remedyFor(run)}`,
    );
  }
}

/** A trial that is finished is not run again by itself. */
function remedyFor({ trial }: Run): string {
  return trial === null ? "" : `; the same command runs a trial again whose folder, trials/${trial.id}, is deleted`;
}

function nameOf({ arm, seed, id }: Run): string {
  return `${arm} with seed ${seed} (${id})`;
}

/** Whatever the machine's order of bytes. */
function hashOf(labels: Int32Array): string {
  const bytes = new DataView(new ArrayBuffer(4 * labels.length));
  labels.forEach((label, row) => {
    bytes.setInt32(4 * row, label, true);
  });
  return createHash("sha256").update(bytes).digest("hex");
}
