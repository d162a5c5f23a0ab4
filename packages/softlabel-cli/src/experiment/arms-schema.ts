import { ArgumentError } from "softlabel";
import { z } from "zod";
import { nearestName } from "./nearest-name.ts";
import { camelCase, choice, commonRules, type OptionRules, pathName, showWritten, text, unit } from "./option-rules.ts";
import { conventions, prior } from "./options-schema.ts";

/** What an arm of the laboratory's own training may say besides: another step, another number of them, other labels. */
export function trainingParameters(): OptionRules {
  const { epochs, batchSize, learningRate, optimizer } = commonRules([]);
  return { epochs, batchSize, learningRate, optimizer, labelNoise: unit().optional() };
}

/** A name that fits into a sentence. */
export function armName(): z.ZodType {
  const oneLine = "a name on one line";
  return text(oneLine).regex(/^[^\p{Cc}\p{Zl}\p{Zp}]*$/u, oneLine);
}

/** What an arm says, given what it may say as parameters; `null` where these are whatever a trainer understands. */
export interface ArmRules {
  readonly settings: OptionRules;
  readonly parameters: OptionRules | null;
}

export function armRules(parameters: OptionRules | null): ArmRules {
  return {
    settings: {
      name: armName().optional(),
      epsilon: unit().optional(),
      prior: prior().optional(),
      convention: choice(...conventions).optional(),
      base: z.boolean("true or false").optional(),
      parameters: z.record(z.string(), z.unknown(), "settings by name").optional(),
    },
    parameters,
  };
}

/**
 * Checks one arm of a list.
 *
 * @param name - what an error calls it, `arms[1]`.
 * @param place - where it was written, ` in arms.yaml`; empty for nowhere in particular.
 * @throws {@link ArgumentError} `arms[1].epsilon must be a number in [0, 1], got 1.5 in arms.yaml`.
 */
export function checkArm(
  arm: unknown,
  name: string,
  rules: ArmRules,
  place: string,
): Readonly<Record<string, unknown>> {
  if (typeof arm !== "object" || arm === null || Array.isArray(arm)) {
    throw new ArgumentError(`${name} must be settings by name, got ${showWritten(arm)}${place}`);
  }
  const elsewhere =
    rules.parameters === null
      ? "what a trainer is told besides stands under parameters"
      : "what training is told besides stands under parameters";
  const settings = checkNames({ ...arm }, rules.settings, name, place, elsewhere);
  if (settings.parameters === undefined) return settings;
  const written = settings.parameters as Readonly<Record<string, unknown>>;
  const parameters =
    rules.parameters === null
      ? checkFree(written, `${name}.parameters`, place)
      : checkNames(inCamelCase(written), rules.parameters, `${name}.parameters`, place, "others need a --trainer");
  return { ...settings, parameters };
}

function checkNames(
  written: Readonly<Record<string, unknown>>,
  rules: OptionRules,
  subject: string,
  place: string,
  elsewhere: string,
): Readonly<Record<string, unknown>> {
  const known = Object.keys(rules);
  const unknown = Object.keys(written).find((name) => !known.includes(name));
  if (unknown !== undefined) {
    const nearest = nearestName(unknown, known);
    const remedy = nearest === null ? elsewhere : `did you mean ${nearest}?`;
    throw new ArgumentError(
      `${subject}.${unknown} must be one of ${known.join(", ")}, got an unknown name${place}; ${remedy}`,
    );
  }
  const read = z.object(rules).safeParse(written);
  if (read.success) return read.data;
  const issue = read.error.issues[0];
  const value = issue.path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown>)[key], written);
  throw new ArgumentError(
    `${subject}.${pathName(issue.path)} must be ${issue.message}, got ${showWritten(value)}${place}`,
  );
}

/** Every trainer is told these of every arm: a parameter of such a name would be told twice. */
const toldAnyway = ["name", "epsilon", "seed", "prior", "convention", "parameters", "out", "dir"];

function checkFree(
  written: Readonly<Record<string, unknown>>,
  subject: string,
  place: string,
): Readonly<Record<string, unknown>> {
  for (const [name, value] of Object.entries(written)) {
    if (!/^[a-z][\w-]*$/i.test(name) || toldAnyway.includes(name)) {
      const remedy = `of letters, digits, _ and -, and none of ${toldAnyway.join(", ")}`;
      throw new ArgumentError(`${subject} must have names ${remedy}, got ${showWritten(name)}${place}`);
    }
    const isPlain = typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
    if (!isPlain) {
      throw new ArgumentError(
        `${subject}.${name} must be a number, a word, or true or false, got ${showWritten(value)}${place}`,
      );
    }
  }
  return written;
}

function inCamelCase(written: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(written).map(([name, value]) => [camelCase(name), value]));
}
