import { loadDataset } from "../../data/dataset.ts";
import { codeVersion } from "../../training/code-version.ts";
import type { Trainer } from "../trainers/trainer.ts";
import type { Trial, TrialIngredients } from "../trials.ts";
import type { IngredientsByKind } from "./queue-file.ts";

/**
 * What this machine has of what decides trials of some kinds: its copy of the data, its code, its trainer. A kind that
 * it cannot carry out is left out.
 *
 * @param data - where the data lies on this machine; `null` is the MNIST that comes with the laboratory.
 */
export function ownIngredients(
  kinds: readonly Trial["kind"][],
  { data, trainer }: { readonly data: string | null; readonly trainer: Trainer | null },
): IngredientsByKind {
  const found = kinds.map((kind) => [kind, ingredientsOf(kind, data, trainer)] as const);
  return Object.fromEntries(found.filter(([, ingredients]) => ingredients !== null));
}

function ingredientsOf(kind: Trial["kind"], data: string | null, trainer: Trainer | null): TrialIngredients | null {
  switch (kind) {
    case "train":
      return { dataHash: loadDataset(data).hash, codeVersion: codeVersion() };
    case "external":
      return trainer === null ? null : { dataHash: null, codeVersion: trainer.hash };
    case "craft":
    case "attack":
      return { dataHash: loadDataset(data).hash, codeVersion: codeVersion("experiment/adversarial/measuring") };
  }
}
