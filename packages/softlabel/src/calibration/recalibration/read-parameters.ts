import { ArgumentError } from "../../core/argument-error.ts";
import { describe } from "../../core/describe.ts";

/** Named members of a part of a document. */
export type Members = Readonly<Record<string, unknown>>;

/** @throws {@link ArgumentError} if `value` is not a plain object. */
export function readObject(name: string, value: unknown): Members {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ArgumentError(`${name} must be an object, got ${describe(value)}`);
  }
  return value as Members;
}

/** @throws {@link ArgumentError} if `value` is not a finite number in [low, high]. */
export function readNumber(name: string, value: unknown, low: number = -Infinity, high: number = Infinity): number {
  if (!(typeof value === "number" && Number.isFinite(value) && value >= low && value <= high)) {
    const range = low === -Infinity ? "a finite number" : high === Infinity ? `finite and at least ${low}` : "";
    throw new ArgumentError(`${name} must be ${range || `in [${low}, ${high}]`}, got ${describe(value)}`);
  }
  return value;
}

/** @throws {@link ArgumentError} if `value` is not a list of `length` finite numbers in [low, high]. */
export function readNumbers(
  name: string,
  value: unknown,
  length: number | null,
  low?: number,
  high?: number,
): readonly number[] {
  const list = readList(name, value, length);
  return list.map((item, i) => readNumber(`${name}[${i}]`, item, low, high));
}

/** @throws {@link ArgumentError} if `value` is not a list, of `length` items where that is known. */
export function readList(name: string, value: unknown, length: number | null): readonly unknown[] {
  if (!Array.isArray(value) || (length === null ? value.length === 0 : value.length !== length)) {
    const wanted = length === null ? "a list that is not empty" : `a list of ${length}`;
    throw new ArgumentError(`${name} must be ${wanted}, got ${describe(value)}`);
  }
  return value;
}

/** @throws {@link ArgumentError} if `value` is none of the choices. */
export function readChoice<Choice extends string>(name: string, value: unknown, choices: readonly Choice[]): Choice {
  const found = choices.find((choice) => choice === value);
  if (found !== undefined) return found;
  const list = choices.map((choice) => `"${choice}"`).join(" or ");
  throw new ArgumentError(`${name} must be ${list}, got ${describe(value)}`);
}
