import { ArgumentError } from "softlabel";
import { type ParameterRange, parseRange, rangeText } from "./range.ts";

/** What is searched beside ε, in the order of the names: how the parameters were ordered when typed changes nothing. */
export type SearchSpace = readonly SearchedParameter[];

/** One parameter of the training and where its values may lie. */
export interface SearchedParameter {
  readonly name: string;
  readonly range: ParameterRange;
}

/**
 * Reads what was typed after each `--search`: `NAME=RANGE`.
 *
 * @example
 * ```ts
 * parseSpace(["learning-rate=log:1e-4..1e-2", "optimizer=adam|sgd"]);
 * ```
 * @throws {@link ArgumentError} for a name that cannot be one, that says what is told in another way, or that is there
 * twice; and for a range as {@link parseRange} says.
 */
export function parseSpace(texts: readonly string[]): SearchSpace {
  const space = texts.map(parseParameter).sort((a, b) => (a.name < b.name ? -1 : 1));
  for (const [i, { name }] of space.entries()) {
    // A command finds WEIGHT_DECAY in its environment, whichever of the two it was.
    const twin = space.slice(0, i).find((other) => environmentName(other.name) === environmentName(name));
    if (twin !== undefined) {
      const pair = twin.name === name ? `${name} twice` : `${twin.name} and ${name}, which a trainer cannot tell apart`;
      throw new ArgumentError(`--search must name each parameter once, got ${pair}`);
    }
  }
  return space;
}

/** The texts that {@link parseSpace} reads the same space from. */
export function spaceTexts(space: SearchSpace): readonly string[] {
  return space.map(({ name, range }) => `${name}=${rangeText(range)}`);
}

function parseParameter(text: string): SearchedParameter {
  const equals = text.indexOf("=");
  if (equals < 0) {
    throw new ArgumentError(
      `--search must be NAME=RANGE, as learning-rate=log:1e-4..1e-2, got ${JSON.stringify(text)}`,
    );
  }
  const name = text.slice(0, equals).trim();
  if (!/^[A-Za-z][A-Za-z0-9_-]*$/.test(name)) {
    throw new ArgumentError(
      `--search must start with a name of letters, digits, - and _, got ${JSON.stringify(name)} in ${JSON.stringify(text)}`,
    );
  }
  const told = toldOtherwise.get(separated(name));
  if (told !== undefined) throw new ArgumentError(`--search must name another parameter than ${name}: ${told}`);
  return { name, range: parseRange(text.slice(equals + 1).trim(), `--search ${name}`) };
}

function environmentName(name: string): string {
  return separated(name).replaceAll("-", "_").toUpperCase();
}

/** `learningRate`, `learning_rate` → `learning-rate`; `LR` → `lr`. */
function separated(name: string): string {
  return name
    .replaceAll(/([a-z0-9])([A-Z])/g, "$1-$2")
    .replaceAll("_", "-")
    .toLowerCase();
}

/** Names that have their meaning already. */
const toldOtherwise: ReadonlyMap<string, string> = new Map([
  ["epsilon", "ε is what is chosen; say its grid by --epsilon"],
  ["label-smoothing", "ε is what is chosen; say its grid by --epsilon"],
  ["prior", "say it by --prior"],
  ["convention", "say it by --convention"],
  ["seed", "seeds are what the arms are paired by; say how many by --seeds"],
  ...["out", "dir", "name", "parameters"].map((name): [string, string] => [
    name,
    "a trainer is told it for each trial",
  ]),
]);
