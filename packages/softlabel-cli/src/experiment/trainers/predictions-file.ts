import { type NpyArray, type NpzArrays, writeNpz } from "../../data/npz.ts";
import type { LabelRows, NumberRows, PredictedRows } from "./train-function.ts";

/**
 * Writes what a module returned as the file that other trainers write; the file is checked afterwards as theirs is.
 *
 * @throws Error for what is no arrays of numbers: nothing, rows of different lengths.
 */
export function writePredictionsFile(path: string, returned: unknown): void {
  writeNpz(path, { ...arraysOf("val", "validation", returned), ...arraysOf("test", "test", returned) });
}

function arraysOf(prefix: "val" | "test", part: "validation" | "test", returned: unknown): NpzArrays {
  const rows = (returned as Partial<Record<typeof part, Partial<PredictedRows>>> | null)?.[part];
  const kind = rows?.logits === undefined && rows?.probabilities !== undefined ? "probabilities" : "logits";
  const scores = rows?.[kind];
  const { labels } = rows ?? {};
  if (!isNumbers(scores) || !isNumbers(labels)) {
    throw new Error(
      `train must return { validation: { logits, labels }, test: { logits, labels } }, or write the file itself and return nothing; got ${describe(returned)}`,
    );
  }
  return {
    [`${prefix}_${kind}`]: matrixOf(scores, `${part}.${kind}`),
    [`${prefix}_labels`]: vectorOf(labels as LabelRows),
  };
}

function matrixOf(rows: NumberRows, name: string): NpyArray {
  if ("shape" in rows) return shaped(rows);
  const [first] = rows;
  if (rows.length > 0 && typeof first !== "object") {
    throw new Error(
      `${name} must be nested arrays, or { data, shape } when it is flat, got ${rows.length} numbers alone`,
    );
  }
  const classes = first?.length ?? 0;
  const data = new Float64Array(rows.length * classes);
  rows.forEach((row, at) => {
    if (row.length !== classes) {
      throw new Error(`${name} must have rows of one length, got ${row.length} at row ${at} after ${classes}`);
    }
    data.set(Array.from(row), at * classes);
  });
  return { data, shape: [rows.length, classes] };
}

function vectorOf(labels: LabelRows): NpyArray {
  if ("shape" in labels) return shaped(labels);
  return { data: Float64Array.from(labels, Number), shape: [labels.length] };
}

function shaped({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }): NpyArray {
  const size = shape.reduce((product, n) => product * n, 1);
  if (data.length !== size)
    throw new Error(`shape [${shape.join(", ")}] must be that of its data, got ${data.length} numbers`);
  return { data: data instanceof Float32Array ? data : Float64Array.from(data, Number), shape };
}

function isNumbers(value: unknown): value is { readonly length: number } & NumberRows {
  if (typeof value !== "object" || value === null) return false;
  if ("shape" in value) return "data" in value && typeof value.data === "object" && Array.isArray(value.shape);
  return "length" in value;
}

function describe(value: unknown): string {
  if (typeof value !== "object" || value === null) return String(value);
  const parts = Object.entries(value).map(([name, entry]) =>
    typeof entry === "object" && entry !== null && !ArrayBuffer.isView(entry)
      ? `${name}: { ${Object.keys(entry).slice(0, 8).join(", ")} }`
      : name,
  );
  return parts.length === 0 ? "an empty object" : `{ ${parts.slice(0, 8).join(", ")} }`;
}
