// What both sides speak of: trials of a trainer of one's own, with nothing to do in each.
import { trialId } from "../../packages/softlabel-cli/dist/experiment/trials.js";

export const trials = 100_000;

/** What a folder's `queue.json` would say. */
export const file = { token: "0123456789abcdef0123456789abcdef" };

/** The nth trial: one of ten arms, a seed, two parameters. */
export function trialAt(index) {
  const config = {
    labelSmoothing: (index % 10) / 20,
    prior: "uniform",
    convention: "all-classes",
    seed: 1 + Math.floor(index / 10),
    parameters: { "learning-rate": 0.045, "weight-decay": 0.00004 },
  };
  const id = trialId(config, { dataHash: null, codeVersion: "0".repeat(64) });
  return { id, kind: "external", config };
}
