import { describe, expect, test } from "vitest";
import type { EvaluationResults } from "../../src/evaluation/evaluation.ts";
import { terminalTable } from "../../src/evaluation/terminal-table.ts";
import { imagined } from "../report/evaluation/support/imagined.ts";

const results: EvaluationResults = imagined([{}, { rows: 60 }]);

describe("the table on the terminal", () => {
  test("has a column for each file and each recalibrator", () => {
    const [heads = "", ...rows] = terminalTable(results).split("\n");
    expect(heads.trim().split(/ {3,}/)).toHaveLength(1 + 6);
    expect(rows.every((row) => row.split(/ {3,}/).length === 7)).toBe(true);
  });

  test("in a narrow terminal is several, each with the names of its rows, and no cell is lost", () => {
    const wide = terminalTable(results);
    const cells = (text: string): string[] => text.split(/\n+| {3,}/).filter((cell) => cell.startsWith("0."));
    for (const width of [100, 80, 10]) {
      const narrow = terminalTable(results, width);
      expect(cells(narrow).sort()).toEqual(cells(wide).sort());
      const tables = narrow.split("\n\n");
      expect(tables.every((table) => table.includes("\nAccuracy "))).toBe(true);
      if (width >= 80) expect(Math.max(...narrow.split("\n").map(({ length }) => length))).toBeLessThanOrEqual(width);
      else expect(tables).toHaveLength(6);
    }
  });
});
