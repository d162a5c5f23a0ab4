import type { Workplace } from "../serve-trials.ts";
import type { ExternalConfig } from "../trials.ts";

/** Has a trainer carry out one trial and checks the predictions that it left. */
export async function externalTrial(config: ExternalConfig, { trainer }: Workplace): Promise<void> {
  throw new Error(`seed ${config.seed} has no trainer yet, got ${trainer?.kind}`);
}
