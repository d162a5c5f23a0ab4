import type { Trial, TrialIngredients } from "../trials.ts";
import type { IngredientsByKind, QueueFile } from "./queue-file.ts";

/** A worker whose trials would not be those of the experiment. */
export class DisagreementError extends Error {
  override readonly name: string = "DisagreementError";
}

/**
 * Makes sure that a worker's data and code are the experiment's.
 *
 * @param experiment - what the folder says.
 * @param own - what the worker has.
 * @throws {@link DisagreementError} naming the first that differs, with both values.
 */
export function requireAgreement(experiment: Pick<QueueFile, "ingredients">, own: IngredientsByKind): void {
  for (const [kind, theirs] of Object.entries(experiment.ingredients) as [Trial["kind"], TrialIngredients][]) {
    const mine = own[kind];
    if (mine === undefined) {
      throw new DisagreementError(
        kind === "external"
          ? "the trainer must be the experiment's, got none; give the --trainer that compare was given, a queue carries no code"
          : `the worker must be able to carry out trials of the kind ${kind}, which this one is not`,
      );
    }
    if (mine.dataHash !== theirs.dataHash) {
      throw new DisagreementError(
        `the data must be the experiment's, whose hash is ${theirs.dataHash}, got ${mine.dataHash}; --data says where ` +
          "it lies on this machine",
      );
    }
    if (mine.codeVersion === theirs.codeVersion) continue;
    throw new DisagreementError(
      kind === "external"
        ? `the trainer must be the experiment's, whose hash is ${theirs.codeVersion}, got ${mine.codeVersion}; give ` +
            "the same --trainer and the same files"
        : `the code must be the experiment's, whose version is ${theirs.codeVersion}, got ${mine.codeVersion}; install ` +
            "the same softlabel",
    );
  }
}
