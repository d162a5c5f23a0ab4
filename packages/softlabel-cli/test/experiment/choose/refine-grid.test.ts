import { describe, expect, test } from "vitest";
import { refineGrid } from "../../../src/experiment/choose/refine-grid.ts";

describe("refineGrid", () => {
  test.each<[readonly number[], number, readonly number[]]>([
    [[0, 0.05, 0.1, 0.15], 2, [0.075, 0.125]],
    [[0, 0.02, 0.05, 0.1], 2, [0.035, 0.075]],
    [[0, 0.1, 0.3], 1, [0.05, 0.2]],
  ])("%j around place %i gives %j, in decimal numbers without dust", (grid, best, expected) => {
    expect(refineGrid(grid, best)).toEqual(expected);
  });

  test("at an end of the grid there is one neighbour", () => {
    expect(refineGrid([0, 0.02, 0.05], 0)).toEqual([0.01]);
    expect(refineGrid([0, 0.02, 0.05], 2)).toEqual([0.035]);
  });

  test("alone, ε has nothing between", () => {
    expect(refineGrid([0], 0)).toEqual([]);
  });

  test("neighbours that are too near for a number between give none", () => {
    expect(refineGrid([0.1, 0.1 + Number.EPSILON], 0)).toEqual([]);
  });
});
