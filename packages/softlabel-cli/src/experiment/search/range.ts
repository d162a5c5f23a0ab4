import { ArgumentError } from "softlabel";
import { nearestName } from "../nearest-name.ts";

/** Where the values of one parameter may lie. */
export type ParameterRange = NumberRange | Choice;

/** Both ends belong to it. */
export interface NumberRange {
  /** `log` and `log-int` share their values equally over the magnitudes, `lin` and `int` over the numbers themselves. */
  readonly scale: "lin" | "log" | "int" | "log-int";
  readonly low: number;
  readonly high: number;
}

/** One of a few values, each as likely as the others. */
export interface Choice {
  readonly scale: "choice";
  readonly choices: readonly (string | number | boolean)[];
}

/**
 * Reads a range: `log:1e-4..1e-2`, `lin:0..0.5` or `0..0.5`, `int:1..8`, `log-int:8..256`, `choice:a|b|c` or `a|b|c`,
 * `bool`. Among choices a word that is a number in JSON is that number, and `true` and `false` are no words.
 *
 * @param subject - what the range is of, for errors.
 * @throws {@link ArgumentError} when it is none of these, its ends are not finite, not in order or, under a logarithm,
 * not above 0; when choices are fewer than two or not all different; and for `1..8`, which may mean whole numbers or all.
 */
export function parseRange(text: string, subject: string): ParameterRange {
  if (text === "bool") return { scale: "choice", choices: [false, true] };
  const [, word, rest] = /^([A-Za-z-]+):\s*(.*)$/s.exec(text) ?? [null, null, text];
  if (word === "choice" || (word === null && text.includes("|"))) return parseChoices(rest, subject);
  if (word === null) return parseBareRange(text, subject);
  if (!isNumberScale(word)) throw unknownRange(text, subject, nearestName(word, [...numberScales, "choice", "bool"]));
  return requireRange({ scale: word, ...parseEnds(rest, text, subject) }, rest, subject);
}

/** The text that {@link parseRange} reads the same range from. */
export function rangeText(range: ParameterRange): string {
  if (range.scale === "choice") return `choice:${range.choices.join("|")}`;
  return `${range.scale}:${range.low}..${range.high}`;
}

const numberScales = ["lin", "log", "int", "log-int"] as const;

function isNumberScale(word: string): word is NumberRange["scale"] {
  return (numberScales as readonly string[]).includes(word);
}

const jsonNumber = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?`;
const loneNumber = new RegExp(`^${jsonNumber}$`);
const twoNumbers = new RegExp(`^(${jsonNumber})\\.\\.(${jsonNumber})$`);

function parseBareRange(text: string, subject: string): NumberRange {
  const ends = parseEnds(text, text, subject);
  if (Number.isInteger(ends.low) && Number.isInteger(ends.high)) {
    throw new ArgumentError(
      `${subject} must say whether ${text} means whole numbers; write int:${text}, or lin:${text} for all between`,
    );
  }
  return requireRange({ scale: "lin", ...ends }, text, subject);
}

function parseEnds(ends: string, text: string, subject: string): Pick<NumberRange, "low" | "high"> {
  const [, low, high] = twoNumbers.exec(ends) ?? [];
  if (low === undefined || high === undefined) throw unknownRange(text, subject, null);
  return { low: Number(low), high: Number(high) };
}

function requireRange(range: NumberRange, ends: string, subject: string): NumberRange {
  const { scale, low, high } = range;
  const fail = (precondition: string, remedy: string): ArgumentError =>
    new ArgumentError(`${subject} must ${precondition}, got ${ends}; ${remedy}`);
  if (!Number.isFinite(low) || !Number.isFinite(high) || !Number.isFinite(high - low)) {
    throw fail("have ends and a width that are finite", "a double holds at most 1.8e308");
  }
  if (low === high) throw fail("go from a lower to a higher end", "a value that is fixed is not searched");
  if (low > high) {
    throw fail("go from a lower to a higher end", `did you mean ${ends.split("..").toReversed().join("..")}?`);
  }
  if ((scale === "int" || scale === "log-int") && !(Number.isSafeInteger(low) && Number.isSafeInteger(high))) {
    throw fail("have integers at its ends", `use ${scale === "int" ? "lin" : "log"}: for all numbers between`);
  }
  if ((scale === "log" || scale === "log-int") && !(low > 0)) {
    const linear = scale === "log" ? "lin" : "int";
    throw fail("begin above 0, which has no logarithm", `use ${linear}:, or begin at the least value that matters`);
  }
  return range;
}

function parseChoices(text: string, subject: string): Choice {
  const choices = text.split("|").map((word) => parseChoice(word.trim()));
  if (choices.some((choice) => choice === "")) {
    throw new ArgumentError(`${subject} must have a word for each choice, got ${JSON.stringify(text)}`);
  }
  if (choices.length < 2) {
    throw new ArgumentError(
      `${subject} must have two choices at least, got ${text}; separate them by |; a value that is fixed is not searched`,
    );
  }
  const again = choices.find((choice, i) => choices.indexOf(choice) < i);
  if (again !== undefined) throw new ArgumentError(`${subject} must have each choice once, got ${again} twice`);
  return { scale: "choice", choices };
}

function parseChoice(word: string): string | number | boolean {
  if (word === "true" || word === "false") return word === "true";
  return loneNumber.test(word) && Number.isFinite(Number(word)) ? Number(word) : word;
}

function unknownRange(text: string, subject: string, meant: string | null): ArgumentError {
  let remedy = "";
  if (meant !== null) remedy = `; did you mean ${meant}${meant === "bool" ? "" : ":"}?`;
  else if (text.includes("|")) remedy = "; put choice: in front when a choice has a colon in it";
  return new ArgumentError(
    `${subject} must be log:LOW..HIGH, lin:LOW..HIGH, int:LOW..HIGH, log-int:LOW..HIGH, A|B|C or bool, ` +
      `got ${JSON.stringify(text)}${remedy}`,
  );
}
