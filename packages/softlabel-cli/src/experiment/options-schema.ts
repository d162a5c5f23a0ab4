import { z } from "zod";
import {
  checkByRules,
  choice,
  commonRules,
  integer,
  type OptionRules,
  text,
  unit,
  units,
  type WrittenOptions,
} from "./option-rules.ts";
import { type CompareOptions, compareDefaults } from "./options.ts";

export const conventions: readonly ["all-classes", "other-classes", "classy-vision"] = [
  "all-classes",
  "other-classes",
  "classy-vision",
];

/** The options that were written, each checked; `"all"` images and names of files are still words. */
export interface CheckedOptions extends Partial<Omit<CompareOptions, "epsilon" | "trainSize" | "prior" | "arms">> {
  readonly arms?: string | readonly unknown[] | null;
  readonly epsilon?: readonly number[];
  readonly trainSize?: number | "all";
  readonly prior?: string | readonly number[];
}

/**
 * Checks the options of a comparison by {@link checkByRules}.
 *
 * @param models - the names of the models there are.
 */
export function checkOptions(
  written: WrittenOptions,
  source: string | null,
  models: readonly string[],
): CheckedOptions {
  return checkByRules(written, compareRules(models), Object.keys(compareDefaults), source) as CheckedOptions;
}

/** The rules of a comparison's options. */
export function compareRules(models: readonly string[]): OptionRules {
  return {
    ...commonRules(models),
    epsilon: units().optional(),
    arms: z.union([text(armsKinds), z.array(z.unknown(), armsKinds)], armsKinds).nullish(),
    trainer: text("a command or a JavaScript module").nullish(),
    shell: z.boolean("true or false").optional(),
    trainerFiles: texts("files").optional(),
    from: texts("folders").optional(),
    pattern: text('a path such as "{epsilon}/s{seed}"').nullish(),
    base: text("an arm's name").nullish(),
    prior: prior().optional(),
    convention: choice(...conventions).optional(),
    validationSize: integer(1).optional(),
    labelNoise: unit().optional(),
  };
}

/** A word, the name of a file, or one number for each class. */
export function prior(): z.ZodType {
  return z.union([text(priorKinds), z.array(unit(), priorKinds).min(1, priorKinds)], priorKinds);
}

function texts(what: string): z.ZodType {
  return z.array(text(`the names of ${what}`), `a list of ${what}`);
}

const armsKinds = "the name of a JSON or YAML file, or a list of arms";
const priorKinds = '"uniform", "class-frequencies", the name of a JSON file, or a list of numbers in [0, 1]';
