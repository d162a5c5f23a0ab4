import { stripVTControlCharacters } from "node:util";
import { describe, expect, test } from "vitest";
import { terminalSummary } from "../../src/report/terminal.ts";
import { evidence } from "./support/evidence.ts";
import { lenet5Results } from "./support/fixtures.ts";

describe("terminalSummary", () => {
  const results = lenet5Results();
  const plain = terminalSummary(results, { color: false });

  test("is a line for each metric, aligned, and no wider than 100 columns", () => {
    expect(plain).toMatchInlineSnapshot(`
      "                         ε          ε = 0 → ε  difference          95% interval  Holm p
      Accuracy               0.1    96.86% → 97.51%       +0.66        +0.35 to +0.97   0.031  ✓ better
      NLL (nats)             0.1      0.101 → 0.201      +0.100      +0.092 to +0.107   0.031  ✗ worse
      NLL, after T (nats)    0.1      0.101 → 0.077      −0.024      −0.031 to −0.016   0.031  ✓ better
      Brier score            0.1      0.048 → 0.064      +0.016      +0.013 to +0.020   0.031  ✗ worse
      ECE                    0.1       0.7% → 12.4%       +11.7        +11.2 to +12.2   0.031  ✗ worse
      ECE, after T           0.1      0.55% → 0.37%       −0.18        −0.36 to −0.01   0.031  ✓ better
      Confidence − accuracy  0.1     −0.5% → −12.4%       −11.8        −12.4 to −11.2   0.031  ≠ changed
      AURC                   0.1  0.00226 → 0.00127    −0.00099  −0.00151 to −0.00047   0.031  ✓ better
      Temperature T          0.1        0.98 → 0.47       −0.50        −0.56 to −0.45   0.031  ≠ changed"
    `);
    for (const line of plain.split("\n")) expect(line.length).toBeLessThanOrEqual(100);
  });

  test("colour adds nothing but colour", () => {
    const colored = terminalSummary(results, { color: true });
    expect(stripVTControlCharacters(colored)).toBe(plain);
    expect(colored).toContain("\u001b[32m✓ better\u001b[39m");
    expect(colored).toContain("\u001b[31m✗ worse\u001b[39m");
  });

  test("several arms stand under one another, and the metric's name is written once", () => {
    const lines = terminalSummary(
      { ...evidence(7, { 0.05: {}, 0.1: {}, 0.2: {} }), verdict: [] },
      { color: false },
    ).split("\n");
    expect(lines.length).toBe(1 + 9 * 3);
    expect(lines.filter((line) => line.startsWith("Accuracy ")).length).toBe(1);
    expect(lines.slice(1, 4).map((line) => /(?:^Accuracy)? +(0\.\d+) /.exec(line)?.[1])).toEqual([
      "0.05",
      "0.1",
      "0.2",
    ]);
  });

  test("what has no temperature on some seed is not judged after temperature scaling", () => {
    const perSeed = { temperature: [0.5, 0.6, Number.POSITIVE_INFINITY, 0.5, 0.6, 0.5] };
    const arm = { shift: { nll: 0.08, nllAfterTemperature: -0.04 }, perSeed };
    const lines = terminalSummary({ ...evidence(6, { 0.1: arm }), verdict: [] }, { color: false }).split("\n");
    expect(lines.find((line) => line.startsWith("NLL (nats)"))).toMatch(/✗ worse$/);
    expect(lines.find((line) => line.startsWith("NLL, after T"))).toMatch(/≈ not shown$/);
  });

  test("ε = 0 alone has nothing to summarise", () => {
    expect(terminalSummary({ ...evidence(3, {}), verdict: [] }, { color: true })).toBe("");
  });
});
