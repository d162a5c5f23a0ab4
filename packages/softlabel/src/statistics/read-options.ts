import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/**
 * @returns `options` as they came.
 * @throws {@link ArgumentError} if they are no object: `null`, for which no default stands in, or a number.
 */
export function readOptions<Options extends object>(options: Options): Options {
  if (typeof options === "object" && options !== null) return options;
  throw new ArgumentError(`options must be an object, got ${describe(options)}`);
}
