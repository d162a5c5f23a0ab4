import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Box, placeAtRandom } from "../../src/attacks/ball.ts";
import { fgsm } from "../../src/attacks/fgsm.ts";
import { pgd } from "../../src/attacks/pgd.ts";
import { randomStream } from "../../src/data/random.ts";
import { distances, drawnWeights, tinyModel, uniform } from "./support/tiny-models.ts";

const problems = fc.record({
  inputSize: fc.integer({ min: 1, max: 60 }),
  rows: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(),
  norm: fc.constantFrom("inf" as const, 2 as const),
  // 0.1 and 0.7 round to float32 numbers inside, −0.2 and 0.3 to ones outside.
  box: fc.constantFrom<Box | null>([0, 1], [0.1, 0.7], [-0.2, 0.3], [-5, 5], null),
  share: fc.double({ min: 0, max: 1, noNaN: true }),
  steps: fc.integer({ min: 1, max: 4 }),
  stride: fc.double({ min: 0.01, max: 3, noNaN: true }),
});

describe("an adversarial input", () => {
  it("lies in the ball and in the box, as float64 reads it, whatever the shape, the norm and the strength", () => {
    fc.assert(
      fc.property(problems, ({ inputSize, rows, seed, norm, box, share, steps, stride }) => {
        const model = tinyModel({ hidden: null, weights: drawnWeights(inputSize, 3, seed, "last") });
        const random = randomStream(seed, "inputs");
        const [low, high] = box ?? [-2, 2];
        const inputs = uniform(rows * inputSize, random, low, high).map((x) =>
          x < low ? Math.fround(low + 1e-7) : x > high ? Math.fround(high - 1e-7) : x,
        );
        const epsilon = share * (high - low);
        const options = { epsilon, norm, box };
        const attacks = [
          fgsm(model, inputs, options),
          pgd(model, inputs, {
            ...options,
            steps,
            stepSize: stride * epsilon + 1e-9,
            restarts: 2,
            randomStart: true,
            random,
          }),
        ];
        for (const attacked of attacks) {
          expect(Math.max(...distances(attacked, inputs, inputSize, norm))).toBeLessThanOrEqual(epsilon);
          if (box === null) continue;
          expect(Math.min(...attacked)).toBeGreaterThanOrEqual(low);
          expect(Math.max(...attacked)).toBeLessThanOrEqual(high);
        }
      }),
      { numRuns: 400 },
    );
  });

  it("lies on the ball's edge after FGSM, but for one float32 step of each coordinate", () => {
    const inputSize = 50;
    const model = tinyModel({ hidden: null, weights: drawnWeights(inputSize, 3, 8, "last") });
    const inputs = uniform(30 * inputSize, randomStream(8, "inputs"), 0.3, 0.7);
    for (const epsilon of [1e-6, 0.1, 0.3]) {
      const largest = distances(fgsm(model, inputs, { epsilon }), inputs, inputSize, "inf");
      for (const distance of largest) expect(distance).toBeGreaterThan(epsilon - 2 ** -24);
      const lengths = distances(fgsm(model, inputs, { epsilon, norm: 2 }), inputs, inputSize, 2);
      for (const length of lengths) expect(length).toBeGreaterThan(epsilon - 2 ** -24 * Math.sqrt(inputSize));
    }
  });

  it("keeps the bound in the smallest numbers that float32 has", () => {
    const least = 2 ** -149;
    const model = tinyModel({ hidden: null, weights: [[1, -1]] });
    for (const [x, epsilon] of [
      [least, least / 2],
      [0, least / 2],
      [3 * least, 1.7 * least],
    ]) {
      const inputs = Float32Array.of(x);
      for (const label of [0, 1]) {
        const [moved] = fgsm(model, inputs, { epsilon, box: null, labels: Int32Array.of(label) });
        expect(Math.abs(moved - x)).toBeLessThanOrEqual(epsilon);
      }
    }
  });
});

describe("a random start", () => {
  const size = 3;
  const place = (norm: "inf" | 2, count: number): number[][] => {
    const random = randomStream(9, `starts ${norm}`);
    const centre = Float32Array.of(0.2, -0.4, 0.6);
    return Array.from({ length: count }, () => {
      const point = new Float32Array(size);
      placeAtRandom(point, centre, { norm, epsilon: 0.5, box: null }, random);
      return [...point].map((value, i) => (value - centre[i]) / 0.5);
    });
  };

  it("is uniform in the cube of the largest change", () => {
    const offsets = place("inf", 4000).flat();
    // Of 12,000 uniform numbers a quarter is known to ±0.0040 (one standard error).
    for (const bound of [-0.5, 0, 0.5]) {
      const below = offsets.filter((offset) => offset < bound).length / offsets.length;
      expect(Math.abs(below - (bound + 1) / 2)).toBeLessThan(0.02);
    }
  });

  it("is uniform in the Euclidean ball: a share r³ of the starts lies within r of three dimensions", () => {
    const points = place(2, 4000);
    const lengths = points.map((point) => Math.hypot(...point));
    for (const radius of [0.4, 0.7, 0.9]) {
      const within = lengths.filter((length) => length < radius).length / lengths.length;
      // A standard error is 0.008 at most.
      expect(Math.abs(within - radius ** 3)).toBeLessThan(0.03);
    }
    expect(Math.max(...lengths)).toBeLessThanOrEqual(1);
    for (const axis of [0, 1, 2]) {
      const positive = points.filter((point) => point[axis] > 0).length / points.length;
      expect(Math.abs(positive - 0.5)).toBeLessThan(0.03);
    }
  });
});
