import type { Contents } from "./contents.ts";
import { isUsualLabel } from "./find-labels.ts";
import { kindNamed } from "./find-predictions.ts";
import { confidenceNames } from "./find-top-labels.ts";

/** Said where a file has one number in each row. */
export const twoClasses = "a binary classifier has two classes: save 1 − p beside p, or 0 beside the logit";

/**
 * What to do about a file in which no predictions were found: options to paste where its columns have a common
 * beginning.
 */
export function namingRemedy(contents: Contents): string {
  const columns = [...contents.arrays].filter(([, { shape }]) => shape.length === 1).map(([key]) => key);
  if (columns.some((key) => kindNamed(key.replace(/[_. -]*\d*$/, "")) !== undefined)) return twoClasses;
  if (columns.some((key) => confidenceNames.includes(key))) {
    return "a confidence has correct beside it, or prediction and label";
  }
  if (columns.length > 1 && columns.every((key) => /^\d+$/.test(key))) {
    return "name its columns in a first line: logit_0, logit_1, …, label (or prob_0, …)";
  }
  const beginning = commonBeginning(columns);
  if (beginning === undefined) return "name them with --predictions";
  const pattern = `--predictions '${beginning}*'`;
  return `add ${pattern} --kind probabilities, or ${pattern} --kind logits`;
}

/** What two columns or more begin with, before a number or behind a separator, and no other column, in a shell's safe letters. */
function commonBeginning(columns: readonly string[]): string | undefined {
  const predictions = columns.filter((key) => !isUsualLabel(key));
  for (const form of [/^((?!-)[\w. -]*[a-z_. -])\d+$/i, /^(\w[\w. -]*?[_. -])[^_. -]/]) {
    const counts = new Map<string, number>();
    for (const key of predictions) {
      const [, beginning] = form.exec(key) ?? [];
      if (beginning !== undefined) counts.set(beginning, (counts.get(beginning) ?? 0) + 1);
    }
    const [most] = [...counts].sort(([, a], [, b]) => b - a);
    if (most === undefined) continue;
    const [beginning, count] = most;
    if (count > 1 && columns.filter((key) => key.startsWith(beginning)).length === count) return beginning;
  }
  return undefined;
}
