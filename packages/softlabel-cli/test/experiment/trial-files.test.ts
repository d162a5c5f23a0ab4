import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DataError } from "../../src/data/data-error.ts";
import { type NpzArrays, writeNpz } from "../../src/data/npz.ts";
import { readEpochs, readHistory, readPenultimate, readPredictions } from "../../src/experiment/read-trial.ts";
import { madePredictions } from "./support/runs.ts";
import { temporaryFolder } from "./support/worker.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-trial-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const made = madePredictions({ epsilon: 0.1, seed: 3, testRows: 5, validationRows: 4, classes: 3 });
const write = (arrays: NpzArrays): void => writeNpz(join(folder, "predictions.npz"), arrays);

describe("readPredictions", () => {
  test("takes probabilities for probabilities, and keeps their float64", () => {
    const arrays = madePredictions({ epsilon: 0.1, seed: 3, testRows: 5, kind: "probabilities" });
    write(arrays);
    const { test: rows, validation } = readPredictions(folder);
    expect(rows.predictions).toEqual({ data: arrays.test_probabilities.data, shape: [5, 6], kind: "probabilities" });
    expect(validation.predictions.kind).toBe("probabilities");
    expect(rows.labels).toEqual(arrays.test_labels.data);
  });

  test("where there are both, logits are taken", () => {
    write({
      ...madePredictions({ epsilon: 0.1, seed: 3, kind: "probabilities" }),
      ...madePredictions({ epsilon: 0.1, seed: 3 }),
    });
    expect(readPredictions(folder).test.predictions.kind).toBe("logits");
  });

  test("reads a file of another name", () => {
    writeNpz(join(folder, "seed3.npz"), made);
    expect(readPredictions(folder, undefined, "seed3.npz").test.labels).toHaveLength(5);
  });

  test.each<[string, NpzArrays, string]>([
    [
      "without labels",
      { test_logits: made.test_logits },
      "must hold the arrays val_logits, val_labels, test_logits, test_labels, got test_logits; both logits may be probabilities instead",
    ],
    [
      "of one axis",
      { ...made, test_logits: { ...made.test_logits, shape: [15] } },
      "test_logits in FILE must have the shape [rows, classes], one row and two classes at least, got [15]",
    ],
    [
      "without rows",
      {
        ...made,
        val_logits: { data: new Float32Array(0), shape: [0, 3] },
        val_labels: { data: new Int32Array(0), shape: [0] },
      },
      "val_logits in FILE must have the shape [rows, classes], one row and two classes at least, got [0, 3]",
    ],
    [
      "with more labels than rows",
      { ...made, test_labels: { data: new Int32Array(6), shape: [6] } },
      "test_labels in FILE must have the shape [5], one for each row of test_logits, got [6]",
    ],
    [
      "with one-hot labels",
      { ...made, test_labels: { data: new Int32Array(15), shape: [5, 3] } },
      "test_labels in FILE must have the shape [5], one for each row of test_logits, got [5, 3]",
    ],
    [
      "with labels that are no whole numbers",
      { ...made, val_labels: { data: Float64Array.of(0, 1, 1.5, 2), shape: [4] } },
      "val_labels in FILE must be whole numbers of 32 bits, got 1.5 at row 2",
    ],
    [
      "with labels that are too large",
      { ...made, val_labels: { data: BigInt64Array.of(0n, 1n, 2n, 2n ** 33n), shape: [4] } },
      "val_labels in FILE must be whole numbers of 32 bits, got 8589934592 at row 3",
    ],
    [
      "with other classes for validation",
      { ...made, val_logits: { data: new Float32Array(8), shape: [4, 2] } },
      "val_logits in FILE must have the 3 classes of test_logits, got 2",
    ],
  ])("refuses predictions %s", (_, arrays, message) => {
    write(arrays);
    const path = join(folder, "predictions.npz");
    const whole = message.startsWith("must") ? `${path} ${message}` : message.replace("FILE", path);
    expect(() => readPredictions(folder)).toThrow(new DataError(whole));
  });
});

describe("readEpochs", () => {
  test("is what the last epoch says of how many there are, and nothing where it says nothing", () => {
    const folder = temporaryFolder();
    expect(readEpochs(folder)).toBeUndefined();
    writeFileSync(join(folder, "history.jsonl"), '{"epoch":1,"epochs":8}\n{"epoch":2,"epochs":9,"validationNll":1}\n');
    expect(readEpochs(folder)).toBe(9);
    writeFileSync(join(folder, "history.jsonl"), '{"epoch":1,"validationNll":1}\n');
    expect(readEpochs(folder)).toBeUndefined();
  });
});

describe("readHistory", () => {
  const history = (text: string): ReturnType<typeof readHistory> => {
    writeFileSync(join(folder, "history.jsonl"), text);
    return readHistory(folder);
  };

  test("reads what each line says and leaves the rest null", () => {
    expect(
      history('{"epoch":1,"validationNll":0.5,"lr":1}\n\n{"epoch":2,"trainLoss":0.25,"validationNll":null}\n'),
    ).toEqual([
      {
        epoch: 1,
        trainLoss: null,
        trainFloor: null,
        trainCrossEntropy: null,
        validationNll: 0.5,
        validationAccuracy: null,
      },
      {
        epoch: 2,
        trainLoss: 0.25,
        trainFloor: null,
        trainCrossEntropy: null,
        validationNll: null,
        validationAccuracy: null,
      },
    ]);
  });

  test.each(["", "epoch,loss\n1,0.5\n", '{"step": 5}\n', "[1, 2]\n", "null\n"])(
    "a file with %j is no history",
    (text) => {
      expect(history(text)).toBeNull();
    },
  );

  test("a folder without one has none, nor a penultimate layer", () => {
    const empty = mkdtempSync(join(folder, "empty-"));
    expect(readHistory(empty)).toBeNull();
    expect(readPenultimate(empty)).toBeNull();
  });
});
