import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import type { TrialPredictions } from "../../src/experiment/judge-trial.ts";
import { createSameRows, OtherRowsError } from "../../src/experiment/same-rows.ts";
import type { Run } from "../../src/experiment/sources/source.ts";
import { predictionsOf } from "./support/arms.ts";

const runOf = (arm: string, seed: number): Run => ({ arm, seed, id: `${arm}/${seed}`, trial: null, place: null });
const judged = (testRows = 30, validationRows = 20, classes = 4): TrialPredictions => ({
  test: predictionsOf(testRows, classes, 2, 5),
  validation: predictionsOf(validationRows, classes, 1, 3),
});

/** The same with one label another. */
function relabelled(part: "test" | "validation", row: number): TrialPredictions {
  const all = judged();
  const labels = Int32Array.from(all[part].labels as Int32Array);
  labels[row] = (labels[row] + 1) % 4;
  return { ...all, [part]: { ...all[part], labels } };
}

describe("createSameRows", () => {
  test("tells what all were judged on, and nothing before the first", () => {
    const rows = createSameRows();
    expect(rows.rows()).toBeNull();
    rows.require(runOf("a", 1), judged());
    rows.require(runOf("b", 1), judged());
    const labels = judged().test.labels as Int32Array;
    expect(rows.rows()).toEqual({
      classes: 4,
      testRows: 30,
      validationRows: 20,
      testLabelsHash: createHash("sha256").update(new Uint8Array(labels.buffer)).digest("hex"),
    });
  });

  test("another label of a test row is named with both runs, whatever the seed", () => {
    const rows = createSameRows();
    rows.require(runOf("ε = 0", 1), judged());
    const { labels } = judged().test;
    const own = (Number(labels[17]) + 1) % 4;
    expect(() => rows.require(runOf("ε = 0.1", 2), relabelled("test", 17))).toThrow(
      new OtherRowsError(
        `arms must be judged on the same test rows, in the same order, got label ${own} at row 17 in ε = 0.1 with seed 2 ` +
          `(ε = 0.1/2) and ${labels[17]} in ε = 0 with seed 1 (ε = 0/1)`,
      ),
    );
  });

  test("of a trial it is said how to have it run again", () => {
    const rows = createSameRows();
    rows.require(runOf("ε = 0", 1), judged());
    const config = {
      labelSmoothing: 0.1,
      seed: 1,
      prior: "uniform",
      convention: "all-classes",
      parameters: {},
    } as const;
    const run: Run = { ...runOf("ε = 0.1", 1), id: "c0ffee", trial: { id: "c0ffee", kind: "external", config } };
    expect(() => rows.require(run, relabelled("test", 2))).toThrow(
      /; the same command runs a trial again whose folder, trials\/c0ffee, is deleted$/,
    );
  });

  test("validation rows may be others with another seed, and not with the same", () => {
    const rows = createSameRows();
    rows.require(runOf("ε = 0", 1), judged());
    rows.require(runOf("ε = 0", 2), relabelled("validation", 3));
    rows.require(runOf("ε = 0.1", 2), relabelled("validation", 3));
    expect(() => rows.require(runOf("ε = 0.1", 1), relabelled("validation", 3))).toThrow(
      /^arms of one seed must be judged on the same validation rows, in the same order, got label \d at row 3 in ε = 0\.1 with seed 1 .* and \d in ε = 0 with seed 1/,
    );
  });

  test("other numbers of rows and classes are errors of their own", () => {
    const rows = createSameRows();
    rows.require(runOf("a", 1), judged());
    expect(() => rows.require(runOf("b", 1), judged(31))).toThrow(
      new OtherRowsError(
        "arms must be judged on the same test rows, got 31 in b with seed 1 (b/1) and 30 in a with seed 1 (a/1)",
      ),
    );
    expect(() => rows.require(runOf("b", 1), judged(30, 19))).toThrow(
      new OtherRowsError(
        "arms of one seed must be judged on the same validation rows, got 19 in b with seed 1 (b/1) and 20 in a with seed 1 (a/1)",
      ),
    );
    expect(() => rows.require(runOf("b", 1), judged(30, 20, 5))).toThrow(
      new OtherRowsError(
        "arms must be judged on the same classes, got 5 in b with seed 1 (b/1) and 4 in a with seed 1 (a/1)",
      ),
    );
  });

  test("keeps labels of its own: the memory of the first run may be used again", () => {
    const rows = createSameRows();
    const first = judged();
    rows.require(runOf("a", 1), first);
    (first.test.labels as Int32Array).fill(0);
    expect(() => rows.require(runOf("b", 1), judged())).not.toThrow();
  });
});
