import { z } from "zod";
import {
  checkByRules,
  choice,
  commonRules,
  integer,
  type OptionRules,
  positive,
  units,
  type WrittenOptions,
} from "../option-rules.ts";
import { type AdversarialOptions, adversarialDefaults } from "./options.ts";

export const attackNames: readonly ["fgsm", "pgd", "none"] = ["fgsm", "pgd", "none"];

/** The options that were written, each checked by itself. */
export interface CheckedOptions extends Partial<Omit<AdversarialOptions, "trainSize">> {
  readonly trainSize?: number | "all";
}

/**
 * Checks the options of an adversarial experiment by {@link checkByRules}.
 *
 * @param models - the names of the models there are.
 */
export function checkAdversarialOptions(
  written: WrittenOptions,
  source: string | null,
  models: readonly string[],
): CheckedOptions {
  return checkByRules(written, adversarialRules(models), Object.keys(adversarialDefaults), source) as CheckedOptions;
}

function adversarialRules(models: readonly string[]): OptionRules {
  const radius = "a number of at least 0";
  return {
    ...commonRules(models),
    labelSmoothing: units().optional(),
    cleverhansDoubleSmoothing: z.boolean("true or false").optional(),
    attack: choice(...attackNames).optional(),
    attackEpsilon: positive().optional(),
    norm: z.union([z.literal("inf"), z.literal(2)], "inf or 2").optional(),
    steps: integer(1).optional(),
    stepSize: positive().optional(),
    restarts: integer(1).optional(),
    strengths: z
      .array(z.number(radius).min(0, radius), "a list of numbers of at least 0")
      .min(1, "a list of at least one number")
      .optional(),
    attackSize: integer(1).optional(),
  };
}
