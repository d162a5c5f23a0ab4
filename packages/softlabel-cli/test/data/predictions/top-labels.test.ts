import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import {
  isOfAllClasses,
  type PredictionsOptions,
  readPredictions,
  readPredictionsOrTopLabels,
} from "../../../src/data/predictions/read-predictions.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-top-"));
afterAll(() => rmSync(folder, { recursive: true }));

function file(content: string): string {
  const path = join(folder, "predictions");
  writeFileSync(path, content);
  return path;
}

const failure = async (content: string, options?: PredictionsOptions): Promise<string> => {
  const path = file(content);
  return readPredictionsOrTopLabels(path, options).then(
    () => "read",
    (error: Error) => error.message.replaceAll(path, "FILE"),
  );
};

describe("a file of the confidence in each row", () => {
  it.each<[string, string, (Float64Array | string[] | null)?, (Float64Array | string[] | null)?]>([
    ["whether it was right, as numbers", "confidence,correct\n0.875,1\n0.5,0\n1,1\n"],
    ["whether it was right, as Python's words", "confidence,correct\n0.875,True\n0.5,False\n1,True\n"],
    [
      "predicted and true classes",
      "id,conf,pred,label\na,0.875,3,3\nb,0.5,1,2\nc,1,0,0\n",
      Float64Array.of(3, 1, 0),
      Float64Array.of(3, 2, 0),
    ],
    [
      "their words",
      "confidence,prediction,label\n0.875,cat,cat\n0.5,dog,cat\n1,dog,dog\n",
      ["cat", "dog", "dog"],
      ["cat", "cat", "dog"],
    ],
    [
      "answers that somebody judged",
      "confidence,prediction,label,correct\n0.875,Paris.,Paris,1\n0.5,Lyon,Nice,0\n1,a Nile,Nile,1\n",
      ["Paris.", "Lyon", "a Nile"],
      ["Paris", "Nice", "Nile"],
    ],
    [
      "true classes that are not clear beside whether it was right",
      "confidence,correct,prediction,label,target\n0.875,1,1,1,1\n0.5,0,2,1,1\n1,1,3,3,3\n",
      Float64Array.of(1, 2, 3),
    ],
    ["a label that is missing", "confidence,correct,label\n0.875,1,1\n0.5,0,\n1,1,3\n"],
    ["lists of JSON", '{"confidence": [0.875, 0.5, 1], "correct": [true, false, true]}'],
    ["records of JSON", '{"conf":0.875,"correct":true}\n{"conf":0.5,"correct":false}\n{"conf":1,"correct":true}\n'],
  ])("with %s is read, and says that it is no more", async (_, content, predicted = null, labels = null) => {
    expect(await readPredictionsOrTopLabels(file(content))).toEqual({
      test: {
        kind: "top-label",
        confidence: Float64Array.of(0.875, 0.5, 1),
        correct: Uint8Array.of(1, 0, 1),
        predicted,
        labels,
        dropped: [],
      },
      validation: null,
    });
  });

  it("may have two sets", async () => {
    const content = '{"val_confidence":[0.25],"val_correct":[0],"test_confidence":[0.5,1],"test_correct":[0,1]}';
    expect(await readPredictionsOrTopLabels(file(content))).toMatchObject({
      test: { confidence: Float64Array.of(0.5, 1), correct: Uint8Array.of(0, 1) },
      validation: { confidence: Float64Array.of(0.25), correct: Uint8Array.of(0) },
    });
  });

  it("beside numbers for every class is left aside", async () => {
    const content = "confidence,correct,prob_0,prob_1,label\n0.75,1,0.75,0.25,0\n";
    const both = await readPredictionsOrTopLabels(file(content));
    expect(isOfAllClasses(both)).toBe(true);
    expect(both.test).toMatchObject({ kind: "probabilities" });
  });

  it("is no file of every class for those who need one", async () => {
    const path = file("confidence,correct\n0.5,1\n");
    expect(isOfAllClasses(await readPredictionsOrTopLabels(path))).toBe(false);
    await expect(readPredictions(path)).rejects.toThrow(
      `${path} must hold logits or probabilities of every class, got the confidence of one class in each row`,
    );
  });

  it("leaves rows without a confidence out where asked", async () => {
    const path = file("confidence,correct,label,prediction\nnan,1,0,a\n0.5,0,1,b\ninf,0,2,c\n0.75,1,3,d\n");
    expect((await readPredictionsOrTopLabels(path, { dropInvalid: true })).test).toEqual({
      kind: "top-label",
      confidence: Float64Array.of(0.5, 0.75),
      correct: Uint8Array.of(0, 1),
      predicted: ["b", "d"],
      labels: Float64Array.of(1, 3),
      dropped: [0, 2],
    });
  });

  it.each([
    [
      "of NaN",
      "confidence,correct\n0.5,1\nnan,0\n",
      "confidence in FILE must be a number in every row, got 1 of 2 rows with NaN or ±∞ (the first is row 1); add --drop-invalid to leave them out",
    ],
    [
      "in percent",
      "confidence,correct\n0.5,1\n87,0\n",
      "confidence in FILE must be in [0, 1], got 87 at row 1; if they are percent, divide by 100",
    ],
    ["below 0", "confidence,correct\n-0.5,1\n", "confidence in FILE must be in [0, 1], got -0.5 at row 0"],
    ["of words", "confidence,correct\nhigh,1\n", 'confidence in FILE must be numbers, got the word "high"'],
    ["half right", "confidence,correct\n0.5,0.5\n", "correct in FILE must be 0 or 1, got 0.5 at row 0"],
    [
      "with words for numbers",
      "confidence,prediction,label\n0.5,cat,1\n",
      "prediction and label in FILE must both be numbers or both be words",
    ],
    [
      "without a true class",
      "confidence,prediction,label\n0.5,1,\n",
      "prediction and label in FILE must have a class in row 0, got none",
    ],
    [
      "without more rows",
      '{"confidence": [0.5, 0.25], "correct": [1]}',
      "confidence in FILE must be one number for each of 1 rows, got 2",
    ],
    [
      "alone",
      "confidence\n0.5\n",
      "FILE must hold logits or probabilities [rows, classes], got confidence [1]; a confidence has correct beside it, or prediction and label",
    ],
  ])("%s is refused", async (_, content, message) => {
    expect(await failure(content)).toBe(message);
  });
});
