import { ArgumentError } from "../../../src/core/argument-error.ts";

/** What the ArgumentError says that `act` must throw. */
export function message(act: () => unknown): string {
  try {
    act();
  } catch (error) {
    if (error instanceof ArgumentError) return error.message;
    throw error;
  }
  return "nothing was thrown";
}
