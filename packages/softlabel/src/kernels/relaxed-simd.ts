import { ArgumentError } from "../core/argument-error.ts";
import { describe } from "../core/describe.ts";

/**
 * Whether kernels may use relaxed SIMD, whose last bits are the processor's choice; they do unless told otherwise.
 *
 * Without it the loss of float32 logits and its gradient are the same bits on every processor and engine. The calls that
 * follow heed it, on `allocate`d tensors as well, which are copied like others until they are allocated anew; threads
 * that run already go on as they began. It holds for all entry points of the package.
 *
 * @throws {@link ArgumentError} if `allowed` is not a boolean.
 * @example
 * useRelaxedSimd(false);
 * const logits = { data: Float32Array.of(2, 1, 0), shape: [1, 3] };
 * softmaxCrossEntropy([0], logits, { labelSmoothing: 0.1 }).loss; // 0.50760596
 * @see https://github.com/WebAssembly/relaxed-simd
 */
export function useRelaxedSimd(allowed: boolean): void {
  if (typeof allowed !== "boolean") throw new ArgumentError(`allowed must be true or false, got ${describe(allowed)}`);
  relaxedSimdAllowed = allowed;
}

/** Whether a compilation of a kernel may be used. */
export function mayUse(name: "relaxed SIMD" | "SIMD"): boolean {
  return name === "SIMD" || relaxedSimdAllowed;
}

let relaxedSimdAllowed = true;
