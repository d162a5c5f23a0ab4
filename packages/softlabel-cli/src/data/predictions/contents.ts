import type { NpyArray } from "../npy.ts";

/** What a file of predictions holds, before it is known what is what. */
export interface Contents {
  /** Arrays of numbers by name, in the file's order; a column of a table is an array of one dimension. */
  readonly arrays: ReadonlyMap<string, NpyArray>;
  /** Columns of words by name. */
  readonly words: ReadonlyMap<string, readonly string[]>;
  /** Names of what was left where it is, since it is neither. */
  readonly others?: readonly string[];
}

/** What is there, for an error: names with shapes. */
export function describeContents({ arrays, words, others = [] }: Contents): string {
  const found = [
    ...[...arrays].map(([name, { shape }]) => `${name} [${shape.join(", ")}]`),
    ...[...words].map(([name, { length }]) => `${name} [${length}] of words`),
    ...others.map((name) => `${name} of something else`),
  ];
  if (found.length === 0) return "nothing";
  const shown = found.slice(0, mostNames).join(", ");
  return found.length > mostNames ? `${shown} and ${found.length - mostNames} more` : shown;
}

const mostNames = 20;
