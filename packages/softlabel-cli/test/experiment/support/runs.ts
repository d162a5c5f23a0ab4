import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type NpzArrays, writeNpz } from "../../../src/data/npz.ts";
import { randomStream } from "../../../src/data/random.ts";

/** What the predictions of one run are made from. */
export interface MadeRun {
  readonly epsilon: number;
  readonly seed: number;
  /** Probabilities in float64 in place of logits in float32. */
  readonly kind?: "logits" | "probabilities";
  readonly testRows?: number;
  readonly validationRows?: number;
  readonly classes?: number;
}

/**
 * Predictions of a classifier that is right in most rows, the surer the less it was smoothed. Labels of test rows are the
 * same in all runs, those of validation rows in all runs of a seed.
 */
export function madePredictions(run: MadeRun): Record<string, NpzArrays[string]> {
  const { epsilon, seed, kind = "logits", testRows = 60, validationRows = 40, classes = 6 } = run;
  const of = (part: "test" | "val", rows: number, labelSeed: number): Record<string, NpzArrays[string]> => {
    const drawLabel = randomStream(labelSeed, `${part} labels`);
    const draw = randomStream(seed, `${part} logits at ${epsilon}`);
    const labels = Int32Array.from({ length: rows }, () => Math.floor(drawLabel() * classes));
    const logits = Float32Array.from({ length: rows * classes }, (_, i) => {
      const isLabel = i % classes === labels[Math.floor(i / classes)];
      return 3 * draw() + (isLabel ? 2 - 2 * epsilon : 0);
    });
    const data = kind === "logits" ? logits : softmax(logits, classes);
    return {
      [`${part}_${kind}`]: { data, shape: [rows, classes] },
      [`${part}_labels`]: { data: labels, shape: [rows] },
    };
  };
  return { ...of("val", validationRows, seed), ...of("test", testRows, 0) };
}

/** Writes {@link madePredictions} into a folder, which is made. */
export function writeRun(folder: string, run: MadeRun, name = "predictions.npz"): string {
  mkdirSync(folder, { recursive: true });
  writeNpz(join(folder, name), madePredictions(run));
  return folder;
}

/** Writes JSON into a file, whose folder is made. */
export function writeJson(path: string, content: unknown): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(content));
}

function softmax(logits: Float32Array, classes: number): Float64Array {
  const exp = Float64Array.from(logits, Math.exp);
  return exp.map((value, i) => {
    const row = i - (i % classes);
    return value / exp.subarray(row, row + classes).reduce((sum, each) => sum + each, 0);
  });
}
