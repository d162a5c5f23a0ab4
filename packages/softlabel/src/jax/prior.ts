import { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { describeShape } from "../core/describe.ts";
import { readTensor, sameShape } from "../core/tensor.ts";
import { type Hold, isJaxArray } from "./holding.ts";
import type { SoftmaxCrossEntropyOptions } from "./options.ts";
import type { Rows } from "./rows.ts";

/** What labels are mixed with, before it is restricted to the classes that a row may have. */
export type Prior =
  | { readonly kind: "uniform"; readonly share: number }
  /** Held [1, classes]; `total` is its sum and `positive` whether no class is without mass, where they are known. */
  | { readonly kind: "vector"; readonly u: np.Array; readonly total: number | undefined; readonly positive: boolean }
  /** Held [classes, classes], a row per label. */
  | { readonly kind: "matrix"; readonly u: np.Array };

/** @throws {@link ArgumentError} if the prior has another shape. */
export function readPrior(rows: Rows, options: SoftmaxCrossEntropyOptions, hold: Hold): Prior {
  const { at, shape, dtype, constant } = rows;
  const { prior, uniformAxis } = options;
  if (prior === undefined) return { kind: "uniform", share: 1 / (shape[uniformAxis ?? at.axis] ?? at.classes) };
  const read = isJaxArray(prior) ? undefined : readTensor(prior, "prior");
  const given = read?.shape ?? (prior as np.Array).shape;
  const u = hold(read ? constant(read.data, given) : (prior as np.Array).ref.astype(dtype));
  if (sameShape(given, [at.classes, at.classes])) return { kind: "matrix", u };
  if (!sameShape(given, [at.classes])) {
    const wanted = `[${at.classes}] or [${at.classes}, ${at.classes}]`;
    throw new ArgumentError(`prior must have shape ${wanted}, got ${describeShape(given)}`);
  }
  const values = read && Array.from(read.data);
  return {
    kind: "vector",
    u: hold(u.ref.reshape([1, at.classes])),
    total: values?.reduce((sum, share) => sum + share, 0),
    positive: values?.every((share) => share > 0) ?? false,
  };
}

/**
 * Which classes a row may have, of `allowed` and `paddingIndex`: held bool [1, classes] or [rows, classes].
 *
 * @throws {@link ArgumentError} if `allowed` has another shape.
 */
export function readMask(rows: Rows, options: SoftmaxCrossEntropyOptions, hold: Hold): np.Array | undefined {
  const { allowed, paddingIndex } = options;
  const masks: np.Array[] = [];
  if (allowed !== undefined) masks.push(allowedMask(allowed, rows));
  if (paddingIndex !== undefined) masks.push(np.arange(rows.at.classes).notEqual(paddingIndex).reshape([1, -1]));
  return masks.length === 0 ? undefined : hold(masks.reduce(np.logicalAnd));
}

function allowedMask(
  allowed: NonNullable<SoftmaxCrossEntropyOptions["allowed"]>,
  { at, shape, matrix, constant }: Rows,
): np.Array {
  const read = isJaxArray(allowed) ? undefined : readTensor(allowed, "allowed");
  const given = read?.shape ?? (allowed as np.Array).shape;
  const perRow = sameShape(given, shape);
  if (!perRow && !sameShape(given, [at.classes])) {
    const wanted = `[${at.classes}] or ${describeShape(shape)}`;
    throw new ArgumentError(`allowed must have shape ${wanted}, got ${describeShape(given)}`);
  }
  const numbers = read ? constant(read.data, given) : (allowed as np.Array).ref.astype(np.float32);
  return (perRow ? matrix(numbers) : numbers.reshape([1, at.classes])).notEqual(0);
}
