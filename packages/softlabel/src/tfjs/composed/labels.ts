import {
  cast,
  clipByValue,
  equal,
  gather,
  logicalAnd,
  logicalNot,
  logicalOr,
  notEqual,
  reshape,
  type Tensor,
  type Tensor1D,
  type Tensor2D,
  tensor,
  zeros,
} from "@tensorflow/tfjs-core";
import { readAllowed } from "../../core/allowed.ts";
import { readLabels } from "../../core/labels.ts";
import type { SmoothingOptions } from "../../core/options.ts";
import { readSmoothedLabels } from "../../core/smoothing.ts";
import { type Numbers, readTensor, sizeOf } from "../../core/tensor.ts";
import { readIndices } from "../../kernels/read-rows.ts";
import type { Call } from "../read-call.ts";
import { column } from "./rows.ts";

/** Class indices on a device that nobody reads; what is not asked for is not computed. */
export interface Indices {
  /** As they were given; shape [rows, 1], float32. */
  readonly raw: Tensor2D;
  /** Some class where the label is none; shape [rows], int32. */
  readonly label: Tensor1D;
  /** False where the row carries `ignoreIndex` or `paddingIndex`; undefined: no row can. Shape [rows, 1]. */
  readonly kept: Tensor2D | undefined;
  /** Whether the label is a class that can occur; where it is not the row becomes NaN. Shape [rows, 1]. */
  readonly exists: Tensor2D;
}

/** The labels as they lie on the device; plain ones are checked first, since that costs nothing. */
export function labelsOnDevice(labels: Tensor | undefined, call: Call): Tensor {
  if (labels !== undefined) {
    if (call.validate) requireLabels({ data: labels.dataSync(), shape: labels.shape }, call);
    return labels;
  }
  const { data, shape } = call.labels as Numbers;
  requireLabels({ data, shape }, call);
  const dtype = call.kind === "indices" ? "int32" : "float32";
  return tensor(dtype === "int32" ? Int32Array.from(data) : Float32Array.from(data), [...shape], dtype);
}

/** @throws {@link ArgumentError} if a label is no class that can occur, or a row no distribution. */
function requireLabels(numbers: Numbers, { at, shape, options, kind }: Call): void {
  const { ignoreIndex, paddingIndex, allowed } = options;
  if (kind === "indices" && allowed === undefined) {
    const to = new Int32Array(at.rows);
    if (readIndices(numbers.data, at.classes, ignoreIndex, paddingIndex, undefined, to) !== undefined) return;
  }
  const smoothed = readSmoothedLabels(readLabels(numbers, shape, at, options), shape, at, options);
  const [q, u] = [new Float64Array(at.classes), new Float64Array(at.classes)];
  for (let row = 0; row < at.rows; row++) if (!smoothed.ignored(row)) smoothed.read(row, q, u);
}

/** @param labels - Shape of the rows, any type. */
export function readIndicesOnDevice(labels: Tensor, call: Call): Indices {
  const { at, options } = call;
  const raw = column(labels);
  const marks = [options.ignoreIndex, options.paddingIndex].filter((mark) => mark !== undefined);
  const label = once(() => reshape(cast(clipByValue(raw, 0, at.classes - 1), "int32"), [at.rows]) as Tensor1D);
  const ignored = once(() => marks.map((mark) => equal(raw, mark)).reduce<Tensor | undefined>(either, undefined));
  const exists = once(() => {
    const found = equal(column(label()), raw);
    const allowed = allowedClasses(call, { allowed: options.allowed });
    const possible = allowed ? logicalAnd(found, notEqual(lookUp(allowed, label()), 0)) : found;
    return either(ignored(), possible) as Tensor2D;
  });
  return {
    raw,
    get label() {
      return label();
    },
    get kept() {
      const marked = ignored();
      return marked && (logicalNot(marked) as Tensor2D);
    },
    get exists() {
      return exists();
    },
  };
}

function once<Value>(compute: () => Value): () => Value {
  let made: { readonly value: Value } | undefined;
  return () => {
    made ??= { value: compute() };
    return made.value;
  };
}

const either = (a: Tensor | undefined, b: Tensor): Tensor => (a === undefined ? b : logicalOr(a, b));

/** 1 where a class can occur and 0 elsewhere, of shape [classes] or [rows, classes]; undefined where every class can. */
export function allowedClasses(
  { at, shape }: Call,
  { allowed, paddingIndex }: Pick<SmoothingOptions, "allowed" | "paddingIndex">,
): Tensor | undefined {
  if (allowed === undefined && paddingIndex === undefined) return undefined;
  const { rows, classes } = at;
  const excludes = readAllowed(shape, at, { allowed, paddingIndex });
  const perRow = allowed !== undefined && readTensor(allowed, "allowed").shape.length > 1;
  const lengths = perRow ? [rows, classes] : [classes];
  const mask = new Float32Array(sizeOf(lengths)).map((_, i) =>
    excludes(Math.floor(i / classes), i % classes) ? 0 : 1,
  );
  return tensor(mask, lengths);
}

/**
 * What a table holds for each row's label.
 *
 * @param table - Shape [classes], or [rows, classes].
 * @returns Shape [rows, 1].
 */
export function lookUp(table: Tensor, label: Tensor1D): Tensor2D {
  // Not by an index into all of the table: webgl keeps integers in float32, which ends at 2²⁴.
  if (label.size === 0) return zeros([0, 1]); // out of which `gather` takes NaN elements
  return table.rank === 1
    ? column(gather(table, label))
    : (gather(table, reshape(label, [label.size, 1]), 1, 1) as Tensor2D);
}
