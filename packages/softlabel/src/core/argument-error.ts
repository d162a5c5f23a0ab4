/**
 * A caller's argument breaks a documented precondition.
 *
 * The message reads `name must be <precondition>, got <value>`, with the remedy where one is known.
 */
export class ArgumentError extends RangeError {
  override readonly name: string = "ArgumentError";
}
