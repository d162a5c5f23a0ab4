import { ArgumentError } from "softlabel";
import { firstLine, readText } from "./config-file.ts";
import { nearestName } from "./nearest-name.ts";
import type { ArmSettings } from "./results.ts";

/**
 * A prior as it was written: `uniform`, `class-frequencies`, the name of a JSON file, or one share for each class.
 *
 * How many shares there must be is known when the data is.
 * @throws {@link ArgumentError} when there is no such file, or what is written is no distribution.
 */
export function readPrior(prior: string | readonly number[]): ArmSettings["prior"] {
  if (prior === "uniform" || prior === "class-frequencies") return prior;
  if (typeof prior !== "string") return checkPrior(prior, "");
  let content: unknown;
  try {
    content = JSON.parse(readText(prior, "prior"));
  } catch (error) {
    const word = nearestName(prior, ["uniform", "class-frequencies"]);
    if (error instanceof ArgumentError && word !== null) {
      throw new ArgumentError(`${error.message}; did you mean ${word}?`);
    }
    if (!(error instanceof SyntaxError)) throw error;
    throw new ArgumentError(`prior must be a JSON file of numbers, got ${prior} with ${firstLine(error.message)}`);
  }
  if (!Array.isArray(content)) {
    throw new ArgumentError(`prior must be a list of one number per class, got ${typeof content} in ${prior}`);
  }
  return checkPrior(content, ` in ${prior}`);
}

function checkPrior(prior: readonly unknown[], where: string): readonly number[] {
  const wrong = prior.findIndex((share) => typeof share !== "number" || !(share >= 0 && share <= 1));
  if (wrong >= 0) {
    throw new ArgumentError(`prior[${wrong}] must be a number in [0, 1], got ${JSON.stringify(prior[wrong])}${where}`);
  }
  const sum = (prior as readonly number[]).reduce((total, share) => total + share, 0);
  if (!(Math.abs(sum - 1) <= priorTolerance)) {
    throw new ArgumentError(`prior must sum to 1, got ${sum}${where}; divide each number by the sum`);
  }
  return prior as readonly number[];
}

/** What the loss itself allows a prior's sum to miss 1 by. */
const priorTolerance = 1e-6;
