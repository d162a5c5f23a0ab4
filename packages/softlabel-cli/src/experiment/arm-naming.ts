import { nameOfEpsilon } from "./arms.ts";
import type { ArmSettings } from "./results.ts";

/** What an arm is called by. */
export type ArmName = Pick<ArmSettings, "name" | "epsilon">;

/** Whether an arm is called by its ε, as those of `--epsilon` are. */
export function isNamedByEpsilon({ name, epsilon }: ArmName): boolean {
  return name === nameOfEpsilon(epsilon);
}

/** Whether every arm is: then a column of ε says all, and `ε = 0.05 and 0.1` is enough. */
export function allNamedByEpsilon(arms: readonly ArmName[]): boolean {
  return arms.every(isNamedByEpsilon);
}

/** Whether the arms are those of `--epsilon`, held against ε = 0: nobody needs to be told against what. */
export function isPlainSmoothing(arms: readonly (ArmName & { readonly difference: unknown })[]): boolean {
  return allNamedByEpsilon(arms) && arms.some(({ epsilon, difference }) => difference === null && epsilon === 0);
}

/** An arm within a sentence: `ε = 0.1` when its ε is its name, else its own name in quotes, `“cosine schedule”`. */
export function armInWords(arm: ArmName): string {
  return isNamedByEpsilon(arm) ? arm.name : quoted(arm.name);
}

/** {@link armInWords} where nothing but the name is known. */
export function nameInWords(name: string): string {
  return /^ε = \d[\d.e-]*$/.test(name) ? name : quoted(name);
}

/** Text of others on one line, without what controls a terminal, turns the direction of writing or is no character. */
export function tidied(text: string): string {
  return withoutAnsi(text)
    .replace(/[\p{Cc}\p{Cs}\ufffe\uffff\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, " ")
    .replace(/\s+/g, " ")
    .trim();
}

/** Text without the sequences that colour a terminal and move its cursor (ECMA-48, §5.4). */
export function withoutAnsi(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: every sequence begins with one
  return text.replace(/\u001b\[[0-?]*[ -/]*[@-~]/g, "");
}

function quoted(name: string): string {
  return `“${tidied(name).replaceAll("“", "‘").replaceAll("”", "’")}”`;
}

/**
 * Whether the arms differ in ε and in nothing else: the same prior and convention wherever ε > 0, the same parameters.
 */
export function differInEpsilonAlone(arms: readonly Omit<ArmSettings, "name">[]): boolean {
  const smoothed = arms.filter(({ epsilon }) => epsilon > 0);
  const alike = (values: readonly unknown[]): boolean =>
    new Set(values.map((value) => JSON.stringify(value))).size <= 1;
  return (
    alike(smoothed.map(({ prior, convention }) => [prior, convention])) &&
    alike(arms.map(({ parameters }) => Object.entries(parameters).sort(([a], [b]) => (a < b ? -1 : 1))))
  );
}
