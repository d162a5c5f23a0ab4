import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { createFileMemory } from "../../src/data/file-memory.ts";
import { type NpyArray, writeNpz } from "../../src/data/npz.ts";
import { readPredictions } from "../../src/experiment/read-trial.ts";

const folders: string[] = [];
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true });
});

/** A trial's folder with two validation rows and one test row of three classes. */
function trialOf(logits: NpyArray["data"], labels: NpyArray["data"]): string {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-read-trial-"));
  folders.push(folder);
  writeNpz(join(folder, "predictions.npz"), {
    val_logits: { data: logits.subarray(0, 6), shape: [2, 3] },
    val_labels: { data: labels.subarray(0, 2), shape: [2] },
    test_logits: { data: logits.subarray(6), shape: [1, 3] },
    test_labels: { data: labels.subarray(2), shape: [1] },
  });
  return folder;
}

const numbers = [0.5, -1.25, 3, 2, 2.5, -4, 7, 8.75, 9];

describe("readPredictions", () => {
  test.each([
    ["float32 and int32", Float32Array.from(numbers), Int32Array.of(2, 0, 1)],
    ["float64 and int64, as NumPy has them by default", Float64Array.from(numbers), BigInt64Array.of(2n, 0n, 1n)],
    ["float64 and uint8", Float64Array.from(numbers), Uint8Array.of(2, 0, 1)],
  ])("%s become float32 and int32", (_, logits, labels) => {
    expect(readPredictions(trialOf(logits, labels))).toEqual({
      validation: {
        labels: Int32Array.of(2, 0),
        predictions: { data: Float32Array.from(numbers.slice(0, 6)), shape: [2, 3], kind: "logits" },
      },
      test: {
        labels: Int32Array.of(1),
        predictions: { data: Float32Array.from(numbers.slice(6)), shape: [1, 3], kind: "logits" },
      },
    });
  });

  test("logits of whole numbers of 64 bits are read too", () => {
    const { predictions } = readPredictions(
      trialOf(BigInt64Array.of(1n, 2n, 3n, 4n, 5n, 6n, -7n, 8n, 9n), Int32Array.of(2, 0, 1)),
    ).test;
    expect(predictions.data).toEqual(Float32Array.of(-7, 8, 9));
  });

  test("in memory that is used again nothing is copied, and the next trial takes the place of the last", () => {
    const memory = createFileMemory();
    const first = readPredictions(trialOf(Float32Array.from(numbers), Int32Array.of(2, 0, 1)), memory);
    const { buffer } = first.test.predictions.data as Float32Array;
    expect((first.test.labels as Int32Array).buffer).toBe(buffer);
    const other = numbers.map((z) => -z);
    const second = readPredictions(trialOf(Float32Array.from(other), Int32Array.of(0, 1, 2)), memory);
    expect((second.test.predictions.data as Float32Array).buffer).toBe(buffer);
    expect(second.validation.predictions.data).toEqual(Float32Array.from(other.slice(0, 6)));
    expect(first.validation.predictions.data).toEqual(second.validation.predictions.data);
  });
});
