import type { CompareOptions } from "./options.ts";
import type { ArmSettings } from "./results.ts";

/** The arms of a comparison, the base first. */
export function armsOf(
  options: Pick<CompareOptions, "arms" | "epsilon" | "prior" | "convention">,
): readonly ArmSettings[] {
  return (
    options.arms ??
    options.epsilon.map((epsilon) => ({
      name: nameOfEpsilon(epsilon),
      epsilon,
      ...smoothingOf(epsilon, options),
      parameters: {},
    }))
  );
}

/** What an arm is called that differs from the base in ε alone. */
export function nameOfEpsilon(epsilon: number): string {
  return `ε = ${epsilon}`;
}

/** At ε = 0 no prior and no convention has a say: experiments that differ in these alone share their baseline. */
function smoothingOf(
  epsilon: number,
  { prior, convention }: Pick<ArmSettings, "prior" | "convention">,
): Pick<ArmSettings, "prior" | "convention"> {
  return epsilon === 0 ? { prior: "uniform", convention: "all-classes" } : { prior, convention };
}
