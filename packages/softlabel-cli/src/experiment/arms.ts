import { canonicalJson } from "./canonical-json.ts";
import type { CompareOptions } from "./options.ts";
import type { ArmSettings } from "./results.ts";

/** What an arm is, whatever it is called. */
export type UnnamedArm = Omit<ArmSettings, "name">;

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
export function smoothingOf(
  epsilon: number,
  { prior, convention }: Pick<ArmSettings, "prior" | "convention">,
): Pick<ArmSettings, "prior" | "convention"> {
  return epsilon === 0 ? { prior: "uniform", convention: "all-classes" } : { prior, convention };
}

/**
 * What arms are called that nobody named: ε, and whatever else they differ in, as `ε = 0.1, prior class-frequencies`.
 *
 * At ε = 0 prior and convention are no difference. Two arms may get the same name, as where their priors are lists.
 */
export function defaultNames(arms: readonly UnnamedArm[]): readonly string[] {
  const smoothed = arms.filter(({ epsilon }) => epsilon > 0);
  const parameters = [...new Set(arms.flatMap((arm) => Object.keys(arm.parameters)))];
  const differs = (of: (arm: UnnamedArm) => unknown, among: readonly UnnamedArm[]): boolean =>
    new Set(among.map((arm) => canonicalJson([of(arm) ?? null]))).size > 1;
  const tellsPrior = differs(({ prior }) => prior, smoothed);
  const tellsConvention = differs(({ convention }) => convention, smoothed);
  const told = parameters.filter((name) => differs((arm) => arm.parameters[name], arms));
  return arms.map(({ epsilon, prior, convention, parameters: own }) =>
    [
      nameOfEpsilon(epsilon),
      ...(tellsPrior && epsilon > 0 ? [`prior ${typeof prior === "string" ? prior : "given"}`] : []),
      ...(tellsConvention && epsilon > 0 ? [`convention ${convention}`] : []),
      ...told.filter((name) => name in own).map((name) => `${name} ${own[name]}`),
    ].join(", "),
  );
}
