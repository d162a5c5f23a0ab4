import { ArgumentError } from "softlabel";
import { z } from "zod";
import { kebabCase } from "./kebab-case.ts";
import { nearestName } from "./nearest-name.ts";
import { type CompareOptions, compareDefaults, mostSeeds } from "./options.ts";

export const optimizers: readonly ["adam", "sgd", "momentum"] = ["adam", "sgd", "momentum"];
export const conventions: readonly ["all-classes", "other-classes", "classy-vision"] = [
  "all-classes",
  "other-classes",
  "classy-vision",
];

/** Options as someone wrote them, in a file or on the command line: nothing is known of them yet. */
export type WrittenOptions = Readonly<Record<string, unknown>>;

/** The options that were written, each checked; `"all"` images and a prior's file name are still words. */
export interface CheckedOptions extends Partial<Omit<CompareOptions, "epsilon" | "trainSize" | "prior" | "data">> {
  readonly data?: string | null;
  readonly epsilon?: readonly number[];
  readonly trainSize?: number | "all";
  readonly prior?: string | readonly number[];
}

/**
 * Checks options one by one. Names may be written as in a file, `trainSize`, or as on the command line, `train-size`.
 *
 * @param source - the file that the values came from; `null` for the command line.
 * @param models - the names of the models there are.
 * @throws {@link ArgumentError} `epsilon[1] must be a number in [0, 1], got 1.5 in my.yaml`; for a name that no option
 * has, with the name that was most likely meant.
 */
export function checkOptions(
  written: WrittenOptions,
  source: string | null,
  models: readonly string[],
): CheckedOptions {
  const named = Object.fromEntries(Object.entries(written).map(([name, value]) => [camelCase(name), value]));
  const read = schema(models).safeParse(named);
  if (read.success) return read.data as CheckedOptions;
  const issue = read.error.issues[0];
  if (issue.code === "unrecognized_keys") {
    const unknown = issue.keys[0];
    throw unknownOption(Object.keys(written).find((name) => camelCase(name) === unknown) ?? unknown, source);
  }
  const value = issue.path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)[key], named);
  const subject = source === null ? `--${kebabCase(String(issue.path[0]))}` : pathName(issue.path);
  const place = source === null ? "" : ` in ${source}`;
  throw new ArgumentError(`${subject} must be ${issue.message}, got ${show(value)}${place}`);
}

/** Every message completes the sentence "name must be …". */
function schema(models: readonly string[]): z.ZodType {
  const inUnit = "a number in [0, 1]";
  const unit = z.number(inUnit).min(0, inUnit).max(1, inUnit);
  const integer = (least: number, most = Number.MAX_SAFE_INTEGER): z.ZodType => {
    const bound = most === Number.MAX_SAFE_INTEGER ? `of at least ${least}` : `from ${least} to ${most}`;
    return z
      .number(`an integer ${bound}`)
      .int(`an integer ${bound}`)
      .min(least, `an integer ${bound}`)
      .max(most, `an integer ${bound}`);
  };
  const text = (what: string): z.ZodString => z.string(what).min(1, what);
  const choice = (...names: readonly string[]): z.ZodType => z.enum(names, `one of ${names.join(", ")}`);
  const positive = "a number above 0";
  return z.strictObject({
    data: text("a folder of IDX files or an .npz file").nullish(),
    model: choice(...models).optional(),
    epsilon: z.array(unit, "a list of numbers in [0, 1]").min(1, "a list of at least one number").optional(),
    prior: z.union([text(priorKinds), z.array(unit, priorKinds).min(1, priorKinds)], priorKinds).optional(),
    convention: choice(...conventions).optional(),
    seeds: integer(1, mostSeeds).optional(),
    trainSize: z.union([z.literal("all"), integer(1)], 'an integer of at least 1, or "all"').optional(),
    validationSize: integer(1).optional(),
    epochs: integer(1).optional(),
    batchSize: integer(1).optional(),
    learningRate: z.number(positive).positive(positive).optional(),
    optimizer: choice(...optimizers).optional(),
    labelNoise: unit.optional(),
    jobs: integer(1).optional(),
    out: text("a folder's name").optional(),
    command: z.string("text").optional(),
  });
}

const priorKinds = '"uniform", "class-frequencies", the name of a JSON file, or a list of numbers in [0, 1]';

function unknownOption(name: string, source: string | null): ArgumentError {
  const known = Object.keys(compareDefaults);
  const nearest = nearestName(camelCase(name), known);
  const remedy = nearest === null ? `known are ${known.join(", ")}` : `did you mean ${nearest}?`;
  return new ArgumentError(
    `${name} must be the name of an option, got an unknown one in ${source ?? "the command line"}; ${remedy}`,
  );
}

/** `train-size` → `trainSize`: an option's name in a file. */
function camelCase(name: string): string {
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
