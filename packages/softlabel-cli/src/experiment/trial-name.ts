import { nameOfEpsilon } from "./arms.ts";
import type { ExternalConfig, Trial } from "./trials.ts";

/** What tells a trial from the others of its experiment, but for its seed. */
export function trialName({ kind, config }: Trial): string {
  switch (kind) {
    case "train": {
      const { labelSmoothing, adversary } = config;
      return armName({ labelSmoothing, training: adversary === null ? "clean" : "adversarial" });
    }
    case "external":
      return externalName(config);
    case "craft":
      return "the images that are transferred";
    case "attack":
      return `the attack on ${armName(config.target)}`;
  }
}

function armName(arm: { readonly labelSmoothing: number; readonly training: "clean" | "adversarial" }): string {
  return `ε = ${arm.labelSmoothing}${arm.training === "adversarial" ? " trained adversarially" : ""}`;
}

/** A trial does not know what its arm is called: it is told by all that is not as usual. */
function externalName({ labelSmoothing, prior, convention, parameters }: ExternalConfig): string {
  return [
    nameOfEpsilon(labelSmoothing),
    ...(prior === "uniform" ? [] : [`prior ${typeof prior === "string" ? prior : "given"}`]),
    ...(convention === "all-classes" ? [] : [`convention ${convention}`]),
    ...Object.entries(parameters).map(([name, value]) => `${name} ${value}`),
  ].join(", ");
}
