import { readAllowed } from "../../core/allowed.ts";
import { ArgumentError } from "../../core/argument-error.ts";
import { readPerRow } from "../../core/per-row.ts";
import { readPrior, sumsOfOthers } from "../../core/prior.ts";
import { readTensor } from "../../core/tensor.ts";
import type { Call } from "../read-call.ts";

/** û restricted to the allowed classes, as the options give it: no tensor and no label has been read. */
export type ClassPrior =
  | { readonly kind: "uniform"; readonly value: number }
  /** Shape [classes]. */
  | { readonly kind: "vector"; readonly values: Float32Array }
  /** Shape [rows, classes]: `allowed` differs from row to row. */
  | { readonly kind: "rows"; readonly values: Float32Array }
  /** Shape [classes, classes], a row per label; under "other-classes" without the label itself. */
  | { readonly kind: "matrix"; readonly values: Float32Array };

/** @throws {@link ArgumentError} if `prior`, `allowed` or the convention is wrong. */
export function readClassPrior({ at, shape, options }: Call): ClassPrior {
  const { classes, rows, axis } = at;
  const { prior: given, allowed, paddingIndex, uniformAxis = axis } = options;
  const checked = readPrior(shape, at, options);
  if (given === undefined && allowed === undefined && paddingIndex === undefined) {
    return { kind: "uniform", value: 1 / (shape[uniformAxis] ?? classes) };
  }
  const perRow = allowed !== undefined && readTensor(allowed, "allowed").shape.length > 1;
  const matrix = given !== undefined && readTensor(given, "prior").shape.length === 2;
  if (matrix && perRow) {
    const remedy = "pass one mask for all rows, or use the cpu or wasm backend";
    throw new ArgumentError(
      `allowed must have shape [${classes}] beside a prior per label, got a mask per row; ${remedy}`,
    );
  }
  // Without labels: what "other-classes" takes from û is told by each row's label, and for a matrix by its row.
  const prior = matrix ? checked : readPrior(shape, at, { ...options, convention: "all-classes" });
  const excludes = readAllowed(shape, at, options);
  const count = matrix ? classes : perRow ? rows : 1;
  const values = new Float32Array(count * classes);
  const [q, u] = [new Float64Array(classes), new Float64Array(classes)];
  for (let i = 0; i < count; i++) {
    if (matrix) {
      if (excludes(0, i)) continue;
      q.fill(0)[i] = 1;
    }
    prior.read(matrix ? 0 : i, q, u);
    values.set(u, i * classes);
  }
  return { kind: matrix ? "matrix" : perRow ? "rows" : "vector", values };
}

/** hard and smooth of q′ = hard·q + smooth·u: one number for all rows, or one per row. */
export interface RowShares {
  readonly hard: number | Float32Array;
  readonly smooth: number | Float32Array;
}

/** @throws {@link ArgumentError} if ε is not in [0, 1]. */
export function readRowShares({ at, options }: Call): RowShares {
  const { labelSmoothing = 0, convention } = options;
  const classy = convention === "classy-vision";
  const epsilon = readPerRow(labelSmoothing, "labelSmoothing", at, 1);
  const smooth = epsilon.map((ε) => (classy ? ε / (1 + ε) : ε));
  const hard = epsilon.map((ε) => (classy ? 1 / (1 + ε) : 1 - ε));
  const alike = typeof labelSmoothing === "number" || at.rows === 1;
  if (alike && at.rows > 0) return { hard: hard[0], smooth: smooth[0] };
  return { hard: Float32Array.from(hard), smooth: Float32Array.from(smooth) };
}

/** 1/(1 − û) of each class, shape of `values`; 0 where no other class has mass, which then keeps what it would give. */
export function inverseOthers(values: Float32Array, classes: number): Float32Array {
  const inverse = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += classes) {
    const sums = sumsOfOthers(Float64Array.from(values.subarray(start, start + classes)));
    inverse.set(
      sums.map((sum) => (sum > 0 ? 1 / sum : 0)),
      start,
    );
  }
  return inverse;
}
