import { type Labels, readLabels } from "../core/labels.ts";
import type { SmoothingOptions } from "../core/options.ts";
import { readSmoothedLabels } from "../core/smoothing.ts";
import { readTensor, type TensorLike } from "../core/tensor.ts";
import { isJaxArray } from "./holding.ts";
import type { JaxTensorLike, SoftmaxCrossEntropyOptions } from "./options.ts";
import type { Rows } from "./rows.ts";

/**
 * Checks what is known when a function is traced: every label and every option that is given as numbers.
 *
 * @throws {@link ArgumentError} as the loss of `softlabel` does for the same numbers.
 */
export function requireNumbers(labels: JaxTensorLike, { shape, at }: Rows, options: SoftmaxCrossEntropyOptions): void {
  const given: SmoothingOptions = {
    ...options,
    labelSmoothing: numbers(options.labelSmoothing),
    prior: numbers(options.prior),
    allowed: numbers(options.allowed),
  };
  const known = isJaxArray(labels) ? undefined : readLabels(readTensor(labels, "labels"), shape, at, given);
  const smoothed = readSmoothedLabels(known ?? unknown, shape, at, given);
  if (known === undefined) return;
  const [q, u] = [new Float64Array(at.classes), new Float64Array(at.classes)];
  for (let row = 0; row < at.rows; row++) if (!smoothed.ignored(row)) smoothed.read(row, q, u);
}

const unknown: Labels = { kind: "indices", ignored: () => true, read: () => {} };

const numbers = (value: JaxTensorLike | undefined): TensorLike | undefined => (isJaxArray(value) ? undefined : value);
