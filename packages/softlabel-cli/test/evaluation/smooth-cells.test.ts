import { describe, expect, test } from "vitest";
import { scoreOutcomes } from "../../src/evaluation/scored-rows.ts";

/** Rows along all confidences, right with a probability that rises from `low` to `high` as the confidence does. */
function rising(rows: number, low: number, high: number): { confidence: Float64Array; correct: Uint8Array } {
  const confidence = Float64Array.from({ length: rows }, (_, row) => (row + 0.5) / rows);
  let owed = 0;
  const correct = Uint8Array.from(confidence, (c) => {
    owed += low + (high - low) * c;
    if (owed < 1) return 0;
    owed -= 1;
    return 1;
  });
  return { confidence, correct };
}

describe("the smooth diagram", () => {
  test("of badly calibrated rows shows their accuracy as it rises, and is not flat", () => {
    // Right in no row with confidence below 1/2, and in all above: the error is 1/4, and so wide a Gaussian shows a slope.
    const confidence = Float64Array.from({ length: 400 }, (_, row) => (row + 0.5) / 400);
    const correct = Uint8Array.from(confidence, (c) => (c > 0.5 ? 1 : 0));
    const { smooth, values } = scoreOutcomes({ confidence, correct }, 0, { bins: 15, edges: "(lo,hi]" });
    expect(values.smoothEce).toBeGreaterThan(0.12);
    expect(smooth.width).toBe(0.05);
    smooth.confidence.forEach((c, at) => {
      // Three widths from the step less than 0.0014 of the Gaussian lies beyond it.
      if (Math.abs(c - 0.5) > 0.15) expect(smooth.accuracy[at]).toBeCloseTo(c > 0.5 ? 1 : 0, 2);
    });
  });

  test.each([
    ["the error's own width", 0.1, 0.97, 0.0275, 0.045],
    ["no less than 0.02", 0, 1, 0.02, 0.02],
    ["no more than 0.05", 0.4, 0.6, 0.05, 0.05],
  ])("is drawn with %s", (_, low, high, least, most) => {
    const { smooth, values } = scoreOutcomes(rising(2000, low, high), 0, { bins: 15, edges: "(lo,hi]" });
    expect(smooth.width).toBeGreaterThanOrEqual(least);
    expect(smooth.width).toBeLessThanOrEqual(most);
    if (least < most) expect(smooth.width).toBe(values.smoothEce);
  });
});
