import type { numpy as np } from "@jax-js/jax";

/** Keeps an array until the end of {@link holding}, and returns it. */
export type Hold = (array: np.Array) => np.Array;

/** What jax-js computes with; a number becomes part of the traced program. */
export type Operand = np.Array | number;

/**
 * Runs `body` and then releases what it held, also when it throws.
 *
 * In jax-js a function takes over its arguments: an array that is passed as `x` is gone, one that is passed as `x.ref`
 * is not. Inside `body` a held array is always passed as `x.ref`, so that how often it is used need not be counted; a
 * fresh array that is used once is passed as it is.
 *
 * @param given - The caller's own arguments; the arrays among them are held from the start.
 * @param options - The same, by name; whatever it is, for `body` to check.
 */
export function holding<Result>(given: readonly unknown[], options: object, body: (hold: Hold) => Result): Result {
  const held = [...given, ...Object.values(options ?? {})].filter(isJaxArray);
  try {
    return body((array) => {
      held.push(array);
      return array;
    });
  } finally {
    for (const array of held) array.dispose();
  }
}

/** Another reference to an array; a number as it is. */
export function borrowed(operand: Operand): Operand {
  return typeof operand === "number" ? operand : operand.ref;
}

/** Whether a value is an array of jax-js, or what stands for one while a function is traced. */
export function isJaxArray(value: unknown): value is np.Array {
  return typeof value === "object" && value !== null && "aval" in value && "dispose" in value;
}
