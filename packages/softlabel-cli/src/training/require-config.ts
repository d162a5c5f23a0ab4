import { ArgumentError } from "softlabel";
import { requireAttackConfig } from "../attacks/attack-config.ts";
import type { TrainingConfig } from "./run.ts";

/**
 * Checks what the data has no say in; sizes are checked where the data is split, the model's name where it is made.
 *
 * @throws {@link ArgumentError} naming the first field that is wrong.
 */
export function requireConfig(config: TrainingConfig): void {
  const { labelSmoothing, seed, epochs, batchSize, learningRate, optimizer, adversary } = config;
  if (!(labelSmoothing >= 0 && labelSmoothing <= 1)) {
    throw new ArgumentError(`labelSmoothing must be in [0, 1], got ${labelSmoothing}`);
  }
  if (!Number.isSafeInteger(seed)) throw new ArgumentError(`seed must be an integer, got ${seed}`);
  for (const [name, value] of Object.entries({ epochs, batchSize })) {
    if (!(Number.isSafeInteger(value) && value >= 1)) {
      throw new ArgumentError(`${name} must be an integer of at least 1, got ${value}`);
    }
  }
  if (!(learningRate > 0 && learningRate < Infinity)) {
    throw new ArgumentError(`learningRate must be a finite number above 0, got ${learningRate}`);
  }
  if (!["adam", "sgd", "momentum"].includes(optimizer)) {
    throw new ArgumentError(`optimizer must be adam, sgd or momentum, got ${optimizer}`);
  }
  if (!adversary) return;
  requireAttackConfig(adversary.attack);
  if (!(adversary.coefficient >= 0 && adversary.coefficient <= 1)) {
    throw new ArgumentError(`adversary's coefficient must be in [0, 1], got ${adversary.coefficient}`);
  }
}
