import type { DifferentiableModel } from "../../../attacks/differentiable-model.ts";
import type { Dataset } from "../../../data/dataset.ts";
import { differentiableModel } from "../../../training/differentiable-model.ts";
import { loadModel } from "../../../training/load-model.ts";
import { startTensorFlow } from "../../../training/start.ts";
import { trialFolder } from "../../trial-store.ts";

/** The model that a training trial of the same experiment left, as an attack sees it. */
export async function trainedModel(
  experiment: string,
  trial: string,
  name: string,
  dataset: Dataset,
): Promise<DifferentiableModel> {
  await startTensorFlow();
  return differentiableModel(loadModel(trialFolder(experiment, trial), name, dataset));
}
