import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Candidate, chooseByOneStandardError } from "../../../src/experiment/choose/one-standard-error.ts";

const candidates = (losses: Readonly<Record<number, readonly number[]>>): readonly Candidate[] =>
  Object.entries(losses)
    .map(([epsilon, values]) => ({ epsilon: Number(epsilon), losses: values }))
    .sort((a, b) => a.epsilon - b.epsilon);

describe("chooseByOneStandardError", () => {
  test("agrees with a table that was worked by hand", () => {
    // Best is 0.1, mean 1. At 0 the differences are 3, 5, 4: mean 4, sd 1, error 1/√3. At 0.05 they are −1, 3, 1:
    // mean 1, sd 2, error 2/√3 = 1.155. At 0.2 they are 1, 1, 4: mean 2, sd √3, error 1.
    const choice = chooseByOneStandardError(
      candidates({ 0: [3, 6, 6], 0.05: [-1, 4, 3], 0.1: [0, 1, 2], 0.2: [1, 2, 6] }),
    );
    expect({ best: choice.best, chosen: choice.chosen }).toEqual({ best: 2, chosen: 1 });
    expect(choice.standings.map(({ within }) => within)).toEqual([false, true, true, false]);
    const [zero, small, best, large] = choice.standings;
    expect(zero.difference).toBeCloseTo(4, 12);
    expect(zero.standardError).toBeCloseTo(1 / Math.sqrt(3), 12);
    expect(small.difference).toBeCloseTo(1, 12);
    expect(small.standardError).toBeCloseTo(2 / Math.sqrt(3), 12);
    expect(best).toEqual({ difference: 0, standardError: 0, within: true });
    expect(large.difference).toBeCloseTo(2, 12);
    expect(large.standardError).toBeCloseTo(1, 12);
  });

  test("a difference of exactly one standard error is within it", () => {
    // Differences 0 and 2: mean 1, sd √2, error 1.
    const { standings } = chooseByOneStandardError(candidates({ 0: [0, 2], 0.1: [0, 0] }));
    expect(standings[0]).toMatchObject({ difference: 1, within: true });
  });

  test("with one seed there is no standard error, and the best is chosen", () => {
    const { best, chosen, standings } = chooseByOneStandardError(candidates({ 0: [2], 0.1: [1], 0.2: [1.001] }));
    expect({ best, chosen }).toEqual({ best: 1, chosen: 1 });
    expect(standings.map(({ standardError }) => standardError)).toEqual([null, 0, null]);
  });

  test("of equal means the smallest ε is the best one", () => {
    expect(chooseByOneStandardError(candidates({ 0: [2, 2], 0.1: [1, 3], 0.2: [3, 1] })).best).toBe(0);
  });

  test("seeds that are hard for every ε alike change nothing, where the error of the mean itself would", () => {
    const easy = candidates({ 0: [1.3, 1.4, 1.2], 0.1: [1, 1, 1] });
    const spread = easy.map(({ epsilon, losses }) => ({ epsilon, losses: losses.map((loss, s) => loss + 8 * s) }));
    expect(chooseByOneStandardError(spread).chosen).toBe(1);
    expect(chooseByOneStandardError(spread).chosen).toBe(chooseByOneStandardError(easy).chosen);
  });

  const losses = fc
    .record({ arms: fc.integer({ min: 1, max: 7 }), seeds: fc.integer({ min: 2, max: 6 }) })
    .chain(({ arms, seeds }) =>
      fc.array(fc.array(fc.integer({ min: -1000, max: 1000 }), { minLength: seeds, maxLength: seeds }), {
        minLength: arms,
        maxLength: arms,
      }),
    )
    .map((rows) => rows.map((values, i) => ({ epsilon: i / 10, losses: values })));

  test("the chosen ε is within one standard error, never above the best, and no smaller one is within", () => {
    fc.assert(
      fc.property(losses, (given) => {
        const { best, chosen, standings } = chooseByOneStandardError(given);
        expect(chosen).toBeLessThanOrEqual(best);
        expect(standings[chosen].within).toBe(true);
        expect(standings.slice(0, chosen).some(({ within }) => within)).toBe(false);
      }),
    );
  });

  test("the order of the seeds, what each adds to every ε, and the unit of the loss change no choice", () => {
    fc.assert(
      // Integers and a factor of two: nothing is rounded, so that a tie stays one.
      fc.property(
        losses,
        fc.array(fc.integer({ min: -500, max: 500 }), { minLength: 6, maxLength: 6 }),
        (given, added) => {
          const moved = given.map(({ epsilon, losses: values }) => ({
            epsilon,
            losses: values.map((loss, s) => 2 * (loss + added[s])).reverse(),
          }));
          const [{ chosen, best }, other] = [chooseByOneStandardError(given), chooseByOneStandardError(moved)];
          // Means are sums in another order: equal ones may differ in the last bit, and the best of them then too.
          const meanOf = (place: number): number => given[place].losses.reduce((sum, loss) => sum + loss, 0);
          expect(meanOf(other.best)).toBe(meanOf(best));
          if (other.best === best) expect(other.chosen).toBe(chosen);
        },
      ),
    );
  });
});
