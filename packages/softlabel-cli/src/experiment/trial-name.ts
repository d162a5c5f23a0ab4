import type { Trial } from "./trials.ts";

/** What tells a trial from the others of its experiment, but for its seed. */
export function trialName({ kind, config }: Trial): string {
  switch (kind) {
    case "train": {
      const { labelSmoothing, adversary } = config;
      return armName({ labelSmoothing, training: adversary === null ? "clean" : "adversarial" });
    }
    case "external":
      return armName({ labelSmoothing: config.labelSmoothing, training: "clean" });
    case "craft":
      return "the images that are transferred";
    case "attack":
      return `the attack on ${armName(config.target)}`;
  }
}

function armName(arm: { readonly labelSmoothing: number; readonly training: "clean" | "adversarial" }): string {
  return `ε = ${arm.labelSmoothing}${arm.training === "adversarial" ? " trained adversarially" : ""}`;
}
