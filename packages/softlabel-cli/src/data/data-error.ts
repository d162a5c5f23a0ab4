import { ArgumentError } from "softlabel";

/**
 * A file or folder that was named does not hold the data that it should; the message is one sentence that names it.
 *
 * An {@link ArgumentError}, by name too: what was asked for is to blame, not the asking program.
 */
export class DataError extends ArgumentError {}

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
