import { ArgumentError } from "./argument-error.ts";
import type { ClassAxis } from "./class-axis.ts";
import { describeShape } from "./describe.ts";
import type { SmoothingOptions } from "./options.ts";
import { readTensor, sameShape } from "./tensor.ts";

/** Whether class k cannot occur in a row. */
export type Excludes = (row: number, k: number) => boolean;

export const excludesNone: Excludes = () => false;

/**
 * @param shape - With the class axis: the logits'.
 * @throws {@link ArgumentError} if `allowed` is neither [classes] nor of that shape, or holds anything but 0 and 1.
 */
export function readAllowed(
  shape: readonly number[],
  { classes, stride, start }: ClassAxis,
  { allowed, paddingIndex }: SmoothingOptions,
): Excludes {
  const isPadding = (k: number): boolean => k === paddingIndex;
  if (allowed === undefined) return paddingIndex === undefined ? excludesNone : (_row, k) => isPadding(k);
  const { data, shape: given } = readTensor(allowed, "allowed");
  const perRow = sameShape(given, shape);
  if (!perRow && !sameShape(given, [classes])) {
    const wanted = `[${classes}] or ${describeShape(shape)}`;
    throw new ArgumentError(`allowed must have shape ${wanted}, got ${describeShape(given)}`);
  }
  for (let i = 0; i < data.length; i++) {
    if (data[i] !== 0 && data[i] !== 1) throw new ArgumentError(`allowed must hold 0 and 1 only, got ${data[i]}`);
  }
  if (!perRow) return (_row, k) => data[k] === 0 || isPadding(k);
  return (row, k) => data[start(row) + k * stride] === 0 || isPadding(k);
}
