import { describe, expect, test } from "vitest";
import {
  imagePixels,
  largestChange,
  perturbationPixels,
  signedColor,
  signedColors,
} from "../../../src/report/adversarial/perturbation.ts";

const grey = { height: 1, width: 3, channels: 1 };

describe("a perturbation", () => {
  test("is grey where nothing changed, and has the full colour at the limit, either way", () => {
    const { bytes, channels } = perturbationPixels([10, 100, 200], [10, 177, 123], 77, grey);
    expect(channels).toBe(3);
    expect(Array.from(bytes)).toEqual([...signedColors.same, ...signedColors.brighter, ...signedColors.darker]);
  });

  test("is told by lightness alone: darker is darker than grey, brighter is brighter, in every channel's sum", () => {
    const lightness = [-1, -0.5, 0, 0.5, 1].map((share) => signedColor(share).reduce((sum, value) => sum + value, 0));
    expect(lightness).toEqual([...lightness].sort((a, b) => a - b));
    expect(new Set(lightness).size).toBe(5);
  });

  test("of three channels stands on grey in each", () => {
    const shape = { height: 1, width: 1, channels: 3 };
    expect(Array.from(perturbationPixels([50, 50, 50], [50, 100, 0], 50, shape).bytes)).toEqual([128, 255, 0]);
  });

  test("of a picture with two channels shows the first", () => {
    const shape = { height: 1, width: 2, channels: 2 };
    expect(Array.from(imagePixels([1, 2, 3, 4], shape).bytes)).toEqual([1, 3]);
    expect(Array.from(perturbationPixels([1, 0, 3, 0], [1, 9, 3, 9], 9, shape).bytes)).toEqual([
      ...signedColors.same,
      ...signedColors.same,
    ]);
  });
});

test("the largest change is over all pairs, and 1 where nothing changed", () => {
  expect(
    largestChange([
      [
        [0, 10],
        [3, 10],
      ],
      [
        [200, 7],
        [123, 9],
      ],
    ]),
  ).toBe(77);
  expect(largestChange([[[5], [5]]])).toBe(1);
  expect(largestChange([])).toBe(1);
});
