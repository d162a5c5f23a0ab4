import { ArgumentError } from "softlabel";
import { z } from "zod";
import { kebabCase } from "./kebab-case.ts";
import { nearestName } from "./nearest-name.ts";
import { mostSeeds } from "./options.ts";

export const optimizers: readonly ["adam", "sgd", "momentum"] = ["adam", "sgd", "momentum"];

/** Options as someone wrote them, in a file or on the command line: nothing is known of them yet. */
export type WrittenOptions = Readonly<Record<string, unknown>>;

/** What a command's options must be: a rule per name, whose messages complete the sentence "name must be …". */
export type OptionRules = Readonly<Record<string, z.ZodType>>;

/** The rules of the options that every experiment has. */
export function commonRules(models: readonly string[]): OptionRules {
  return {
    data: text("a folder of IDX files or an .npz file").nullish(),
    model: choice(...models).optional(),
    seeds: integer(1, mostSeeds).optional(),
    trainSize: z.union([z.literal("all"), integer(1)], 'an integer of at least 1, or "all"').optional(),
    epochs: integer(1).optional(),
    batchSize: integer(1).optional(),
    learningRate: positive().optional(),
    optimizer: choice(...optimizers).optional(),
    jobs: integer(1).optional(),
    out: text("a folder's name").optional(),
    command: z.string("text").optional(),
  };
}

export function unit(): z.ZodType {
  const inUnit = "a number in [0, 1]";
  return z.number(inUnit).min(0, inUnit).max(1, inUnit);
}

/** Its entries are {@link unit}s. */
export function units(): z.ZodType {
  return z.array(unit(), "a list of numbers in [0, 1]").min(1, "a list of at least one number");
}

export function positive(): z.ZodType {
  const above = "a number above 0";
  return z.number(above).positive(above);
}

export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER): z.ZodType {
  const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
  const integers = `an integer ${bound}`;
  return z.number(integers).int(integers).min(least, integers).max(most, integers);
}

export function text(what: string): z.ZodString {
  return z.string(what).min(1, what);
}

export function choice(...names: readonly string[]): z.ZodType {
  return z.enum(names, `one of ${names.join(", ")}`);
}

/**
 * Checks options one by one. Names may be written as in a file, `trainSize`, or as on the command line, `train-size`.
 *
 * @param known - the names of the options that there are.
 * @param source - the file that the values came from; `null` for the command line.
 * @returns the options that were written, under their names as in a file.
 * @throws {@link ArgumentError} `epsilon[1] must be a number in [0, 1], got 1.5 in my.yaml`; for a name that no option
 * has, with the name that was most likely meant.
 */
export function checkByRules(
  written: WrittenOptions,
  rules: OptionRules,
  known: readonly string[],
  source: string | null,
): WrittenOptions {
  const named = Object.fromEntries(Object.entries(written).map(([name, value]) => [camelCase(name), value]));
  const read = z.strictObject(rules).safeParse(named);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys[0];
    const name = Object.keys(written).find((candidate) => camelCase(candidate) === unknown) ?? unknown;
    throw unknownOption(name, known, source);
  }
  const value = issue.path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)[key], named);
  const subject = source === null ? `--${kebabCase(String(issue.path[0]))}` : pathName(issue.path);
  const place = source === null ? "" : ` in ${source}`;
  throw new ArgumentError(`${subject} must be ${issue.message}, got ${show(value)}${place}`);
}

function unknownOption(name: string, known: readonly string[], source: string | null): ArgumentError {
  const nearest = nearestName(camelCase(name), known);
  const remedy = nearest === null ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new ArgumentError(
    `${name} must be the name of an option, got an unknown one in ${source ?? "the command line"}; ${remedy}`,
  );
}

/** `train-size` → `trainSize`: an option's name in a file. */
export function camelCase(name: string): string {
  return name.replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
}

/** `["epsilon", 1]` → `epsilon[1]`. */
function pathName(path: readonly PropertyKey[]): string {
  return path.map((key, i) => (typeof key === "number" ? `[${key}]` : `${i > 0 ? "." : ""}${String(key)}`)).join("");
}

function show(value: unknown): string {
  if (value === undefined) return "nothing";
  return typeof value === "number" ? String(value) : JSON.stringify(value);
}
