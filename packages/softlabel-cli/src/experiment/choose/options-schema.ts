import { z } from "zod";
import { checkByRules, choice, integer, text, type WrittenOptions } from "../option-rules.ts";
import { type CheckedOptions, compareRules } from "../options-schema.ts";
import { mostSamples, samplers } from "../search/candidates.ts";
import { type ChooseOptions, chooseDefaults } from "./options.ts";

/** The options that were written, each checked by itself; what compare has too is as it has it. */
export type CheckedChooseOptions = CheckedOptions &
  Partial<Pick<ChooseOptions, "objective" | "refine" | "search" | "samples" | "sampler" | "earlyStopping">>;

/**
 * Checks the options of a choice by {@link checkByRules}.
 *
 * @param models - the names of the models there are.
 */
export function checkChooseOptions(
  written: WrittenOptions,
  source: string | null,
  models: readonly string[],
): CheckedChooseOptions {
  const { arms: _arms, from: _from, pattern: _pattern, base: _base, ...shared } = compareRules(models);
  const onOff = "true or false";
  const rules = {
    ...shared,
    objective: text("a metric, or several with weights").optional(),
    refine: z.boolean(onOff).optional(),
    search: z.array(text("NAME=RANGE"), "a list of NAME=RANGE").optional(),
    samples: integer(1, mostSamples).optional(),
    sampler: choice(...samplers).optional(),
    earlyStopping: z.boolean(onOff).optional(),
  };
  return checkByRules(written, rules, Object.keys(chooseDefaults), source) as CheckedChooseOptions;
}
