import type { Random } from "../data/random.ts";
import { type AttackConfig, requireAttackConfig } from "./attack-config.ts";
import type { DifferentiableModel } from "./differentiable-model.ts";
import { fgsm } from "./fgsm.ts";
import { pgd } from "./pgd.ts";

/**
 * Adversarial inputs of one batch of images, by whichever attack is configured; PGD starts at random.
 *
 * @param inputs - pixels in [0, 1]; [rows, inputSize]; is not changed.
 * @param random - draws PGD's starts; FGSM draws nothing.
 * @param labels - the classes to lead away from; `"predicted"` takes what the model says of `inputs`.
 * @returns [rows, inputSize].
 * @throws {@link ArgumentError} as `fgsm` and `pgd` do.
 */
export function attack(
  model: DifferentiableModel,
  inputs: Float32Array,
  config: AttackConfig,
  random: Random,
  labels: Int32Array | "predicted" = "predicted",
): Float32Array {
  requireAttackConfig(config);
  if (config.kind === "fgsm") return fgsm(model, inputs, { ...config, labels });
  return pgd(model, inputs, { ...config, labels, randomStart: true, random });
}
