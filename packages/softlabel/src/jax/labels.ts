import { numpy as np } from "@jax-js/jax";
import { ArgumentError } from "../core/argument-error.ts";
import { describeShape } from "../core/describe.ts";
import type { SmoothingOptions } from "../core/options.ts";
import { readTensor, sameShape } from "../core/tensor.ts";
import { type Hold, isJaxArray } from "./holding.ts";
import type { Rows } from "./rows.ts";

/** Class indices, one per row. Arrays are fresh unless they are called held. */
export interface IndexLabels {
  readonly kind: "indices";
  /** [rows, classes]: whether the class is the row's label. */
  readonly hit: () => np.Array;
  /** int32 [rows], 0 where the label is no class. */
  readonly index: () => np.Array;
  /** Held bool [rows, 1]: the row is not ignored. Undefined: none can be. */
  readonly kept: np.Array | undefined;
  /** Held [rows, 1]: 1, and NaN where a row that is kept has a label that is no class. Undefined: labels are checked. */
  readonly poison: np.Array | undefined;
}

/** Distributions over the classes, one per row. */
export interface DistributionLabels {
  readonly kind: "distributions";
  /** Held [rows, classes]. */
  readonly q: np.Array;
  readonly kept: undefined;
  readonly poison: undefined;
}

type Marks = Pick<SmoothingOptions, "ignoreIndex" | "paddingIndex">;

export type Labels = IndexLabels | DistributionLabels;

/**
 * @param labels - An array of jax-js, whose shape is checked here, or numbers that have been checked.
 * @throws {@link ArgumentError} if the labels have neither the rows' shape nor the logits'.
 */
export function readLabels(labels: unknown, rows: Rows, options: Marks, hold: Hold): Labels {
  const { at, shape } = rows;
  if (isJaxArray(labels)) {
    if (sameShape(labels.shape, shape)) {
      return { kind: "distributions", q: hold(rows.matrix(labels.ref.astype(rows.dtype))), ...unmarked };
    }
    if (sameShape(labels.shape, at.rowShape))
      return indices(labels.ref.reshape([at.rows, 1]), false, rows, options, hold);
    const wanted = `${describeShape(at.rowShape)} (class indices) or ${describeShape(shape)} (distributions)`;
    throw new ArgumentError(
      `labels must have shape ${wanted} for logits of shape ${describeShape(shape)}, got ${describeShape(labels.shape)}`,
    );
  }
  const numbers = readTensor(labels, "labels");
  if (sameShape(numbers.shape, shape)) {
    return { kind: "distributions", q: hold(rows.matrix(rows.constant(numbers.data, shape))), ...unmarked };
  }
  const column = np.array(Int32Array.from(numbers.data), { shape: [at.rows, 1] });
  return indices(column, true, rows, options, hold);
}

const unmarked = { kept: undefined, poison: undefined } as const;

/** @param column - [rows, 1]; consumed. @param checked - Whether every label is known to be a class or ignored. */
function indices(
  column: np.Array,
  checked: boolean,
  { at: { rows, classes }, dtype }: Rows,
  { ignoreIndex, paddingIndex }: Marks,
  hold: Hold,
): IndexLabels {
  const label = hold(column);
  const notMarked = marksOf(label.dtype, ignoreIndex, paddingIndex).map((mark) => label.ref.notEqual(mark));
  const kept = notMarked.length === 0 ? undefined : hold(notMarked.reduce(np.logicalAnd));
  const isClass = (): np.Array => {
    const inRange = np.logicalAnd(label.ref.greaterEqual(0), label.ref.less(classes));
    return np.logicalAnd(inRange, np.floor(label.ref.astype(np.float32)).equal(label.ref.astype(np.float32)));
  };
  const poison = (): np.Array => {
    const expected = kept === undefined ? isClass() : np.logicalOr(isClass(), np.logicalNot(kept.ref));
    return np.where(expected, 1, Number.NaN).astype(dtype);
  };
  return {
    kind: "indices",
    hit: () => label.ref.equal(np.arange(classes)),
    index: () => np.where(isClass(), label.ref, 0).astype(np.int32).reshape([rows]),
    kept,
    poison: checked ? undefined : hold(poison()),
  };
}

/** The marks that labels of this type can hold: compared with uint32, −100 would be 0, which is a class. */
function marksOf(dtype: np.DType, ...marks: readonly (number | undefined)[]): number[] {
  const [least, most] = wholeNumbers[dtype] ?? [-Infinity, Infinity];
  return marks.filter((mark) => mark !== undefined).filter((mark) => least <= mark && mark <= most);
}

const wholeNumbers: Readonly<Record<string, readonly [number, number]>> = {
  [np.int32]: [-(2 ** 31), 2 ** 31 - 1],
  [np.uint32]: [0, 2 ** 32 - 1],
};
