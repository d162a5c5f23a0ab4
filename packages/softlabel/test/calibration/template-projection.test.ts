import fc from "fast-check";
import { templateProjection } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { expectAllClose, expectClose } from "../expect-all-close.ts";

const width = 5;
const kernel: fc.Arbitrary<number[]> = fc.array(fc.double({ min: -4, max: 4, noNaN: true }), {
  minLength: width * 4,
  maxLength: width * 4,
});
const shape = [width, 4] as const;

describe("the plane through three templates", () => {
  it("keeps the distances between the templates, in the order of the classes asked for", () => {
    fc.assert(
      fc.property(kernel, (data) => {
        const column = (c: number): number[] => Array.from({ length: width }, (_, j) => data[j * 4 + c]);
        const chosen = [3, 0, 2] as const;
        fc.pre(spansAPlane(chosen.map(column)));
        const { templates } = templateProjection({ data: [], shape: [0, width] }, { data, shape }, chosen);
        const corner = (i: number): number[] => [...templates.data.subarray(2 * i, 2 * i + 2)];
        for (const [i, j] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ]) {
          const expected = distance(column(chosen[i]), column(chosen[j]));
          expectClose(distance(corner(i), corner(j)), expected, { rtol: 1e-9 });
        }
        expect(corner(0)).toEqual([0, 0]);
        expectClose(corner(1)[1], 0, { atol: 1e-9 });
        expect(corner(2)[1]).toBeGreaterThan(0);
      }),
    );
  });

  it("puts a point of the plane where it is, and one off the plane at its foot", () => {
    // w₀ = (1, 0, 0), w₁ = (1, 2, 0), w₂ = (1, 1, 3): the plane x = 1 with axes y and z.
    const templates = { data: [1, 1, 1, 0, 2, 1, 0, 0, 3], shape: [3, 3] as const };
    const activations = { data: Float32Array.of(1, 5, -2, 100, 0.5, 7), shape: [2, 3] as const };
    const { points } = templateProjection(activations, templates, [0, 1, 2]);
    expect(points.shape).toEqual([2, 2]);
    expectAllClose(points.data, [5, -2, 0.5, 7], { atol: 1e-14 });
  });
});

function distance(a: readonly number[], b: readonly number[]): number {
  return Math.hypot(...a.map((x, i) => x - b[i]));
}

/** Far enough from one line that rounding does not decide the basis. */
function spansAPlane([a, b, c]: number[][]): boolean {
  const [ab, ac, bc] = [distance(a, b), distance(a, c), distance(b, c)];
  const slack = Math.min(ab + ac - bc, ab + bc - ac, ac + bc - ab);
  return slack > 1e-3 * (ab + ac + bc);
}
