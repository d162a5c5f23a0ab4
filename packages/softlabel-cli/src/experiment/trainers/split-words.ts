import { ArgumentError } from "softlabel";

/**
 * The words that a POSIX shell would make of a simple command: apart at white space, joined within quotes, a backslash
 * taking the next character as it is.
 *
 * Only the quoting: nothing is expanded, so what a shell would do more with is refused, not taken for a plain letter.
 * @throws {@link ArgumentError} for a quote without its end, and for operators, variables, patterns, comments and home
 * folders that are not quoted; the remedy is `--shell`.
 * @see POSIX.1-2017, Shell Command Language, 2.2 Quoting
 */
export function splitWords(text: string): readonly string[] {
  const words: string[] = [];
  let word: string | null = null;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (/\s/.test(character)) {
      if (word !== null) words.push(word);
      word = null;
      at++;
      continue;
    }
    const atStart = word === null;
    word ??= "";
    if (character === "'") {
      const end = endOfQuote(text, at);
      word += text.slice(at + 1, end);
      at = end + 1;
    } else if (character === '"') {
      const end = endOfQuote(text, at);
      requirePlain(text, at + 1, end, /[$`]/);
      word += text.slice(at + 1, end).replaceAll(/\\(\n|["\\$`])/g, (_, escaped) => (escaped === "\n" ? "" : escaped));
      at = end + 1;
    } else if (character === "\\" && at + 1 < text.length) {
      if (text[at + 1] !== "\n") word += text[at + 1];
      // A line that goes on is no beginning of a word.
      else if (atStart) word = null;
      at += 2;
    } else {
      requirePlain(text, at, at + 1, atStart ? /[|&;<>()$`*?~#]/ : /[|&;<>()$`*?]/);
      word += character;
      at++;
    }
  }
  if (word !== null) words.push(word);
  return words;
}

/** The place of the quote that ends the one at `start`. */
function endOfQuote(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === quote) return at;
    if (quote === '"' && text[at] === "\\") at++;
  }
  throw new ArgumentError(`--trainer must close every quote, got ${quote} without its end at ${text.slice(start)}`);
}

function requirePlain(text: string, from: number, to: number, special: RegExp): void {
  for (let at = from; at < to; at++) {
    // Within double quotes a backslash takes the meaning of what follows.
    if (text[at] === "\\") at++;
    else if (special.test(text[at])) {
      throw new ArgumentError(
        `--trainer must be a program and its arguments, got ${text[at]}, which only a shell understands; put it between single quotes, or let a shell read the command with --shell`,
      );
    }
  }
}
