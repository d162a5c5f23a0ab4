import { fitMatrixScaling, fitPlatt } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectedFit, followFit, secondsPerProduct } from "../../src/evaluation/fit-progress.ts";
import type { LabelledRows } from "../../src/evaluation/judged-rows.ts";
import { mendRows, planFitting } from "../../src/evaluation/mend-rows.ts";
import { fitMethod, searchRemarks } from "../../src/evaluation/recalibration-methods.ts";

/** Rows of three classes, a quarter of them wrong. */
function someRows(count: number): LabelledRows {
  const labels = Int32Array.from({ length: count }, (_, row) => row % 3);
  const data = Float32Array.from({ length: 3 * count }, (_, i) => {
    const [row, k] = [Math.floor(i / 3), i % 3];
    return (k === (row % 4 === 0 ? (row + 1) % 3 : row % 3) ? 2 : 0) + Math.sin(5 * i);
  });
  return { labels, data, shape: [count, 3], kind: "logits" };
}

describe("the progress of a fit", () => {
  it("is told beforehand where it will take long, and only then", () => {
    const rows = (count: number, classes: number): LabelledRows => ({
      labels: new Int32Array(count),
      data: new Float32Array(0),
      shape: [count, classes],
      kind: "logits",
    });
    const plan = (count: number, classes: number) => planFitting(rows(count, classes), null, null, 0);
    const times = (seconds: number): string =>
      seconds < 90 ? `${Math.ceil(seconds / 10) * 10} s` : `${Math.ceil(seconds / 60)} minutes`;
    expect(expectedFit("dirichlet", plan(10_000, 100))).toBe(
      `fitting dirichlet goes over 10,000 rows twice, with 100 classes, and takes about ${times(secondsPerProduct * 2e8)}.`,
    );
    expect(expectedFit("matrix", plan(5000, 1000))).toBe(
      `fitting matrix goes over 5,000 rows twice, with 1,000 classes, and takes about ${times(secondsPerProduct * 1e10)}, ` +
        "and may stop before the optimum, which would be told.",
    );
    expect(expectedFit("dirichlet", plan(10_000, 10))).toBeNull();
    expect(expectedFit("vector", plan(10_000, 100))).toBeNull();
    const apart = planFitting(rows(10_000, 100), { rows: rows(5000, 100), what: "file" }, null, 0);
    expect(expectedFit("matrix", apart)).toContain("goes over 5,000 rows, with 100 classes");
  });

  it("is told at each iteration", () => {
    const rows = someRows(60);
    const told: string[] = [];
    mendRows(
      planFitting(rows, null, null, 0),
      "matrix",
      0.95,
      0,
      followFit("matrix", "a.npz", (text) => told.push(text)),
    );
    expect(told[0]).toMatch(/^matrix, fit 1, step 0: \d\.\d{4} nats, for a\.npz$/);
    const firsts = told.filter((text) => text.includes("step 0:"));
    expect(firsts.map((text) => text.split(",")[1])).toEqual([" fit 1", " fit 2", " fit 3"]);
    expect(told.at(-1)).toMatch(/fit 3, step [1-9]/);
  });
});

describe("a search that stopped before the optimum", () => {
  const stop = { onIteration: ({ iteration }: { readonly iteration: number }) => iteration < 1 };

  it("is said in the remarks, that on half of the rows too", () => {
    const rows = someRows(60);
    const { recalibrator, remarks } = fitMethod("dirichlet", rows.labels, rows, 0.95, stop);
    expect(recalibrator.parameters).toMatchObject({ converged: false });
    expect(remarks).toEqual(["The search stopped at iteration 1, before the optimum."]);
    const { fitted } = mendRows(planFitting(rows, null, null, 0), "vector", 0.95, 0, stop);
    expect(fitted.remarks).toEqual([
      "The search stopped at iteration 1, before the optimum.",
      "The search on half of the rows stopped at iteration 1, before the optimum.",
    ]);
  });

  it("is counted where each class has a map of its own", () => {
    const rows = someRows(60);
    const platt = fitPlatt(rows.labels, rows);
    const [first, ...others] = platt.parameters.maps;
    const maps = [{ ...first, converged: false }, ...others];
    const stopped = { ...platt, parameters: { ...platt.parameters, maps } };
    expect(searchRemarks(stopped)).toEqual(["The searches for 1 of its maps stopped before the optimum."]);
    expect(searchRemarks(platt)).toEqual([]);
    expect(searchRemarks(fitMatrixScaling(rows.labels, rows))).toEqual([]);
  });
});
