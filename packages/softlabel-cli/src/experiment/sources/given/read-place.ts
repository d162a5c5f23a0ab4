import type { Told } from "./told.ts";

/** `eps0.1`, `epsilon=0.1`, `ε = 0.1`, `ls_0.1`, `label-smoothing-0.1`. */
const epsilonWords = /(?<![a-z])(?:epsilon|eps|ε|label[-_ ]?smoothing|smoothing|ls)[-_= ]*(\d*\.?\d+(?:e-\d+)?)/giu;
/** `seed3`, `seed=3`, `s3`, `s-3`. */
const seedWords = /(?<![a-z0-9.])(?:seed|s)[-_= ]?(\d+)(?![\d.])/giu;
const baselineWords = /(?<![a-z])(?:baseline|base|plain|none|hard|one-?hot|no-?smoothing|unsmoothed)(?![a-z])/iu;

/**
 * ε and seed out of the names of folders, where they say them.
 *
 *     0.1/3    eps=0.1/seed=3    eps0.1-seed3    baseline/s3
 *
 * A folder that is nothing but a number in [0, 1] says ε, a whole number behind it the seed; `baseline` and its like say
 * ε = 0. What is said twice, and not the same, is not told.
 * @param place - names with `/` between them.
 */
export function readPlace(place: string): Told {
  const names = place.split("/");
  const seed = onlyOne(valuesOf(place, seedWords)) ?? (says(place, seedWords) ? undefined : bareSeed(names));
  const epsilon = epsilonOf(place, says(place, seedWords) ? names : withoutSeed(names));
  return { ...(seed !== undefined && { seed }), ...(epsilon !== undefined && { epsilon }) };
}

/** ε out of an arm's name alone. */
export function readEpsilon(name: string): number | undefined {
  return epsilonOf(name, name.split("/"));
}

function epsilonOf(text: string, names: readonly string[]): number | undefined {
  if (says(text, epsilonWords)) return onlyOne(valuesOf(text, epsilonWords).filter(isShare));
  const bare = names.filter((name) => /^\d*\.?\d+(?:e-\d+)?$/i.test(name)).map(Number);
  if (bare.length > 0) return onlyOne(bare.filter(isShare));
  return baselineWords.test(text) ? 0 : undefined;
}

/** A whole number that is the last name, or the only one. */
function bareSeed(names: readonly string[]): number | undefined {
  const at = seedAt(names);
  return at < 0 ? undefined : Number(names[at]);
}

function withoutSeed(names: readonly string[]): readonly string[] {
  const at = seedAt(names);
  return names.filter((_, i) => i !== at);
}

function seedAt(names: readonly string[]): number {
  const whole = [...names.keys()].filter((at) => /^\d+$/.test(names[at]));
  if (names.length > 1 && whole.at(-1) === names.length - 1) return names.length - 1;
  return names.length > 1 && whole.length === 1 ? whole[0] : -1;
}

function says(text: string, words: RegExp): boolean {
  return [...text.matchAll(words)].length > 0;
}

function valuesOf(text: string, words: RegExp): readonly number[] {
  // 01 may be meant for 0.1: nobody knows.
  return [...text.matchAll(words)].map(([, digits]) =>
    /^0\d/.test(digits) && words === epsilonWords ? NaN : Number(digits),
  );
}

function onlyOne(values: readonly number[]): number | undefined {
  return new Set(values).size === 1 ? values[0] : undefined;
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}
