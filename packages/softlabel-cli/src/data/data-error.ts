import { ArgumentError } from "softlabel";

/**
 * A file or folder that was named does not hold the data that it should; the message is one sentence that names it.
 *
 * An {@link ArgumentError}, by name too: what was asked for is to blame, not the asking program. Names that come from a
 * file can neither break the line, nor command the terminal, nor fill it.
 */
export class DataError extends ArgumentError {
  constructor(message: string) {
    const oneLine = message.replaceAll(/[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/gu, escaped);
    super(oneLine.length <= longest ? oneLine : `${oneLine.slice(0, longest / 2)} … ${oneLine.slice(-longest / 2)}`);
  }
}

const longest = 2000;
const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;

/** Why a file could not be read, without the system's code names. */
export function readingProblem(error: unknown): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case "ENOENT":
      return "does not exist";
    case "EACCES":
      return "may not be read by this user";
    case "EISDIR":
      return "is a folder, not a file";
    case "ENOTDIR":
      return "is a file, not a folder";
    default:
      return `could not be read (${error instanceof Error ? error.message : String(error)})`;
  }
}
