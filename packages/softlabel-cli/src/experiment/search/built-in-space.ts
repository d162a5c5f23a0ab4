import { ArgumentError } from "softlabel";
import { kebabCase } from "../kebab-case.ts";
import { nearestName } from "../nearest-name.ts";
import { optimizers } from "../option-rules.ts";
import { type ParameterRange, rangeText } from "./range.ts";
import type { SearchedParameter, SearchSpace } from "./space.ts";

/**
 * The space as the laboratory's own training knows its parameters, `learning-rate`, `batch-size` and `optimizer`.
 *
 * @throws {@link ArgumentError} for every other name, and for values that such a parameter cannot have.
 */
export function builtInSpace(space: SearchSpace): SearchSpace {
  return space.map(({ name, range }) => requireBuiltIn({ name: kebabCase(name), range }));
}

interface BuiltInParameter {
  /** Completes "--search NAME must". */
  readonly must: string;
  readonly allows: (range: ParameterRange) => boolean;
}

const builtIn: Readonly<Record<string, BuiltInParameter>> = {
  "learning-rate": {
    must: "be numbers above 0",
    allows: (range) =>
      range.scale === "choice"
        ? range.choices.every((choice) => typeof choice === "number" && choice > 0)
        : range.low > 0,
  },
  "batch-size": {
    must: "be integers of at least 1: int:, log-int: or choices",
    allows: (range) =>
      range.scale === "choice"
        ? range.choices.every((choice) => Number.isSafeInteger(choice) && Number(choice) >= 1)
        : (range.scale === "int" || range.scale === "log-int") && range.low >= 1,
  },
  optimizer: {
    must: `be choices of ${optimizers.join(", ")}`,
    allows: (range) =>
      range.scale === "choice" && range.choices.every((choice) => (optimizers as readonly unknown[]).includes(choice)),
  },
};

const sameForAll = "every candidate has the same, or their scores would not compare; say it by";

/** Options of a training that are no parameters to search, and why. */
const notSearched: Readonly<Record<string, string>> = {
  epochs: "they are the budget, which early stopping divides; say it by --epochs",
  model: `${sameForAll} --model`,
  data: `${sameForAll} --data`,
  "train-size": `${sameForAll} --train-size`,
  "validation-size": `${sameForAll} --validation-size`,
  "label-noise": `${sameForAll} --label-noise`,
};

function requireBuiltIn(parameter: SearchedParameter): SearchedParameter {
  const { name, range } = parameter;
  const known = Object.keys(builtIn);
  if (Object.hasOwn(notSearched, name)) {
    throw new ArgumentError(`--search must name another parameter than ${name}: ${notSearched[name]}`);
  }
  if (!Object.hasOwn(builtIn, name)) {
    const meant = nearestName(name, known);
    throw new ArgumentError(
      `--search must name a parameter of the laboratory's own training, got ${name}; ` +
        (meant === null ? `known are ${known.join(", ")}; any other needs a --trainer` : `did you mean ${meant}?`),
    );
  }
  const { must, allows } = builtIn[name];
  if (!allows(range)) throw new ArgumentError(`--search ${name} must ${must}, got ${rangeText(range)}`);
  return parameter;
}
