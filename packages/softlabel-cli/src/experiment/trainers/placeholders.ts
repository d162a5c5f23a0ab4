import { ArgumentError } from "softlabel";
import { nearestName } from "../nearest-name.ts";

/** What every trainer is told, by the name of its placeholder; an arm's parameters stand beside them. */
export const placeholders = ["epsilon", "seed", "out", "dir", "prior", "convention", "name"] as const;

/** `{name}`, or a doubled brace, which stands for one. */
const pattern = /\{\{|\}\}|\{([^{}]*)\}|[{}]/g;

/**
 * A word with its placeholders replaced, wherever they stand in it; `{{` and `}}` become `{` and `}`.
 *
 * @throws {@link ArgumentError} for a name that `values` lacks, or a brace alone.
 */
export function substitute(word: string, values: Readonly<Record<string, string>>): string {
  return word.replaceAll(pattern, (found, name?: string) => {
    if (found === "{{" || found === "}}") return found[0];
    if (name === undefined) {
      throw new ArgumentError(`--trainer must have every brace in a pair, got ${found} alone in ${word}; double it`);
    }
    if (Object.hasOwn(values, name)) return values[name];
    const known = Object.keys(values);
    const nearest = nearestName(name, known);
    const remedy =
      nearest === null
        ? `there are ${known.map((each) => `{${each}}`).join(" ")}; write {{ and }} for plain braces`
        : `did you mean {${nearest}}?`;
    throw new ArgumentError(`--trainer must have known placeholders, got {${name}}; ${remedy}`);
  });
}

/**
 * Checks the words of a command before anything runs.
 *
 * @param parameters - the names that every arm has a value for.
 * @throws {@link ArgumentError} as {@link substitute} does.
 */
export function requirePlaceholders(words: readonly string[], parameters: readonly string[]): void {
  const values = Object.fromEntries([...placeholders, ...parameters].map((name) => [name, ""]));
  for (const word of words) substitute(word, values);
}

/**
 * Checks what a shell reads: there nothing is substituted, so that no value can become a part of the command.
 *
 * @throws {@link ArgumentError} where a known placeholder stands, naming the variable to write instead.
 */
export function requireNoPlaceholders(text: string, parameters: readonly string[]): void {
  for (const [found, before, name] of text.matchAll(/(\$?)\{([^{}\s]*)\}/g)) {
    if (before === "$" || ![...placeholders, ...parameters].includes(name)) continue;
    throw new ArgumentError(
      `--trainer must have no placeholders under --shell, got ${found}; write "$${variableName(name)}", quotes and all`,
    );
  }
}

/** `weight-decay`, `weight_decay` and `weightDecay` → `SOFTLABEL_WEIGHT_DECAY`. */
export function variableName(name: string): string {
  const words = name.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2").replaceAll(/[^a-zA-Z0-9]/g, "_");
  return `SOFTLABEL_${words.toUpperCase()}`;
}

/**
 * Checks the names of an arm's parameters: each a placeholder and an environment variable of its own.
 *
 * @throws {@link ArgumentError} for a name that cannot stand between braces or as a variable, one that is taken, and two
 * that are one variable.
 */
export function requireParameterNames(names: readonly string[]): void {
  const taken = new Map<string, string>([...placeholders, "parameters"].map((name) => [variableName(name), name]));
  for (const name of names) {
    if (!/^[a-zA-Z][a-zA-Z0-9_-]*$/.test(name)) {
      throw new ArgumentError(
        `an arm's parameters must have names of letters, digits, - and _ that begin with a letter, got ${JSON.stringify(name)}`,
      );
    }
    const other = taken.get(variableName(name));
    if (other !== undefined) {
      throw new ArgumentError(
        `an arm's parameters must have names of their own, got ${name}, which is ${other} already`,
      );
    }
    taken.set(variableName(name), name);
  }
}
