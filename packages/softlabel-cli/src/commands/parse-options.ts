import { nearestName } from "../experiment/nearest-name.ts";
import { UsageError } from "./console.ts";

/** The numbers that an option takes; a bound that is left out does not hold. */
export interface NumberRange {
  /** Exclusive. */
  readonly above?: number;
  readonly atLeast?: number;
  /** Exclusive. */
  readonly below?: number;
  readonly atMost?: number;
  readonly integer?: boolean;
  /** Whether ±inf may be written. */
  readonly infinite?: boolean;
}

/**
 * A commander parser of one number.
 *
 * @param name - the option's name without dashes; it begins the message.
 * @returns a function from what was typed to its number.
 * @throws {@link UsageError} (the function) `--learning-rate must be a number above 0, got "fast"`.
 */
export function parseNumber(name: string, range: NumberRange = {}): (typed: string) => number {
  return (typed) => {
    const value = readNumber(typed);
    if (!isWithin(value, range)) throw new UsageError(`--${name} must be ${describe(range)}, got "${typed}"`);
    return value;
  };
}

/**
 * A commander parser of numbers with commas between them.
 *
 * @throws {@link UsageError} (the function) `--epsilon must be numbers from 0 to 1 with commas between them, got …`.
 */
export function parseNumbers(name: string, range: NumberRange = {}): (typed: string) => number[] {
  return (typed) => {
    const values = typed.split(",").map(readNumber);
    const wrong = values.findIndex((value) => !isWithin(value, range));
    if (wrong >= 0) {
      const entry = typed.split(",")[wrong];
      const where = values.length > 1 ? ` in "${typed}"` : "";
      throw new UsageError(
        `--${name} must be ${describe(range, true)} with commas between them, got "${entry}"${where}`,
      );
    }
    return values;
  };
}

/**
 * A commander parser of one word out of a list.
 *
 * @throws {@link UsageError} (the function) `--model must be one of softmax, mlp, lenet, got "lennet"; did you mean lenet?`.
 */
export function parseChoice<Choice extends string>(
  name: string,
  choices: readonly Choice[],
): (typed: string) => Choice {
  return (typed) => {
    const choice = choices.find((candidate) => candidate === typed);
    if (choice !== undefined) return choice;
    const nearest = nearestName(typed, choices);
    const suggestion = nearest === null ? "" : `; did you mean ${nearest}?`;
    throw new UsageError(`--${name} must be one of ${choices.join(", ")}, got "${typed}"${suggestion}`);
  };
}

/** Decimal or exponent form and ±inf; NaN for everything else, where Number would take "", "0x10" and " 1". */
function readNumber(typed: string): number {
  const text = typed.trim();
  const infinity = /^([+-]?)inf(?:inity)?$/i.exec(text);
  if (infinity !== null) return infinity[1] === "-" ? -Infinity : Infinity;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text) ? Number(text) : Number.NaN;
}

function isWithin(value: number, range: NumberRange): boolean {
  const { above = -Infinity, atLeast = -Infinity, below = Infinity, atMost = Infinity } = range;
  if (Number.isNaN(value)) return false;
  if (!Number.isFinite(value)) return range.infinite === true;
  if (range.integer === true && !Number.isInteger(value)) return false;
  return value > above && value >= atLeast && value < below && value <= atMost;
}

function describe(range: NumberRange, several = false): string {
  const { above, atLeast, below, atMost, integer = false, infinite = false } = range;
  const noun = integer ? (several ? "integers" : "an integer") : several ? "numbers" : "a number";
  const bounds: string[] = [];
  if (atLeast !== undefined && atMost !== undefined) bounds.push(`from ${atLeast} to ${atMost}`);
  else if (atLeast !== undefined) bounds.push(`of at least ${atLeast}`);
  else if (atMost !== undefined) bounds.push(`of at most ${atMost}`);
  if (above !== undefined) bounds.push(`above ${above}`);
  if (below !== undefined) bounds.push(`below ${below}`);
  return [noun, bounds.join(" and "), infinite ? "or ±inf" : ""].filter((part) => part !== "").join(" ");
}
