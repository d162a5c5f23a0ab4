import fc from "fast-check";
import { ArgumentError } from "softlabel";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/data/random.ts";
import { type AshaDecision, type AshaRule, createAsha, epochOfRung } from "../../../src/experiment/search/asha.ts";
import { type Curve, nameOf, randomCurves, stopsInTurn, tellNext, trainBeside, trainInTurn } from "./support/curves.ts";
import { nine, nineCurves, paper } from "./support/worked-table.ts";

const rules = fc.record({
  minEpochs: fc.integer({ min: 1, max: 3 }),
  reductionFactor: fc.integer({ min: 2, max: 4 }),
  maxEpochs: fc.constantFrom(null, 9, 20, 27),
  better: fc.constantFrom("lower", "higher"),
}) as fc.Arbitrary<AshaRule>;

/** A list of trials, the rule, and how chance mixes their news. */
const searches = fc.record({ rule: rules, count: fc.integer({ min: 1, max: 30 }), seed: fc.integer() });

const sorted = (decisions: readonly AshaDecision[]): readonly AshaDecision[] =>
  decisions.toSorted((a, b) => (a.trial < b.trial ? -1 : a.trial > b.trial ? 1 : a.rung - b.rung));

describe("asynchronous successive halving", () => {
  it("has its rungs where the paper's table has them", () => {
    expect([0, 1, 2].map((rung) => epochOfRung(rung, paper))).toEqual([1, 3, 9]);
    expect([0, 1].map((rung) => epochOfRung(rung, { ...paper, minEpochs: 3 }))).toEqual([3, 9]);
  });

  it("decides the worked table as it is worked by hand, rung by rung", () => {
    const decisions = trainInTurn(nineCurves, paper);
    const stops = nine.map(
      (_, i) => decisions.find(({ trial, goesOn }) => trial === nameOf(i) && !goesOn)?.epoch ?? null,
    );
    expect(stops).toEqual(nine.map(({ stopsAfter }) => stopsAfter));
    const goOn = (rung: number): string[] => decisions.filter((d) => d.rung === rung && d.goesOn).map((d) => d.trial);
    expect(goOn(0)).toEqual([0, 4, 5, 8].map(nameOf));
    expect(goOn(1)).toEqual([0, 5].map(nameOf));
    expect(goOn(2)).toEqual([]);
    expect(decisions).toHaveLength(9 + 4);
    // 5 trials of 1 epoch, 2 of 3 and 2 of 9, of the 81 that all would take.
    expect(trainBeside(nineCurves, paper, 1, () => 0).epochs).toBe(29);
  });

  it("lets as many go on as synchronous halving, 9, 3, 1, when the best come where places open", () => {
    const order = [0.1, 0.7, 0.8, 0.6, 0.9, 0.2, 0.75, 0.65, 0.15];
    const decisions = trainInTurn(
      order.map((value, i) => Array.from({ length: 9 }, (_, e) => [e + 1, value + (e > 0 ? i : 0)] as const)),
      paper,
    );
    const counts = [0, 1].map((rung) => decisions.filter((d) => d.rung === rung && d.goesOn).length);
    expect(counts).toEqual([3, 1]);
  });

  it("lets all go on when each is better than those before it, and the first alone when each is worse", () => {
    const flat = (value: number): Curve => Array.from({ length: 9 }, (_, e) => [e + 1, value] as const);
    const values = [0.9, 0.8, 0.7, 0.6, 0.5];
    expect(trainInTurn(values.map(flat), paper).every(({ goesOn }) => goesOn)).toBe(true);
    const falling = trainInTurn(values.toReversed().map(flat), paper);
    expect(falling.filter(({ goesOn, rung }) => goesOn && rung === 0).map(({ trial }) => trial)).toEqual([nameOf(0)]);
    // The same numbers as an accuracy: what was worse is better.
    const accuracy = trainInTurn(values.toReversed().map(flat), { ...paper, better: "higher" });
    expect(accuracy.every(({ goesOn }) => goesOn)).toBe(true);
  });

  it("agrees with the rule read off its words", () => {
    fc.assert(
      fc.property(searches, ({ rule, count, seed }) => {
        const curves = randomCurves(count, 27, randomStream(seed, "curves"));
        const decisions = trainInTurn(curves, rule);
        const stops = curves.map((_, i) => decisions.find((d) => d.trial === nameOf(i) && !d.goesOn)?.rung ?? null);
        expect(stops).toEqual(stopsInTurn(curves, rule));
      }),
      { numRuns: 300 },
    );
  });

  it("decides the same with 1 job, 2 or 8, whoever is faster", () => {
    fc.assert(
      fc.property(searches, fc.integer({ min: 2, max: 8 }), ({ rule, count, seed }, jobs) => {
        const curves = randomCurves(count, 27, randomStream(seed, "curves"));
        const random = randomStream(seed, "speeds");
        const speed = curves.map(() => random() ** 3);
        const pick = (running: readonly number[]): number => {
          const total = running.reduce((sum, place) => sum + speed[place], 0);
          let left = random() * total;
          const at = running.findIndex((place) => {
            left -= speed[place];
            return left <= 0;
          });
          return Math.max(at, 0);
        };
        const { decisions } = trainBeside(curves, rule, jobs, pick);
        expect(sorted(decisions)).toEqual(sorted(trainInTurn(curves, rule)));
      }),
      { numRuns: 300 },
    );
  });

  it("decides the same when all news comes in any order whatever, and takes no decision back", () => {
    fc.assert(
      fc.property(searches, ({ rule, count, seed }) => {
        const curves = randomCurves(count, 20, randomStream(seed, "curves"));
        const random = randomStream(seed, "order");
        const asha = createAsha(
          rule,
          curves.map((_, i) => nameOf(i)),
        );
        const told = curves.map(() => 0);
        let before: readonly AshaDecision[] = [];
        for (
          let open = curves.map((_, i) => i);
          open.length > 0;
          open = open.filter((i) => told[i] <= curves[i].length)
        ) {
          const place = open[Math.floor(random() * open.length)];
          const news = curves[place][told[place]++];
          if (news === undefined) asha.end(nameOf(place));
          else tellNext(asha, place, news);
          const now = asha.decisions();
          const keys = new Set(now.map((decision) => JSON.stringify(decision)));
          expect(before.every((decision) => keys.has(JSON.stringify(decision)))).toBe(true);
          before = now;
        }
        expect(sorted(before)).toEqual(sorted(trainInTurn(curves, rule)));
      }),
      { numRuns: 100 },
    );
  });

  it("always lets the best of a rung go on", () => {
    fc.assert(
      fc.property(searches, ({ rule, count, seed }) => {
        const curves = randomCurves(count, 27, randomStream(seed, "curves"));
        const decisions = trainInTurn(curves, rule);
        for (let rung = 0; decisions.some((d) => d.rung === rung); rung++) {
          const here = decisions.filter((d) => d.rung === rung && Number.isFinite(d.value));
          const sign = rule.better === "lower" ? 1 : -1;
          const best = Math.min(...here.map(({ value }) => sign * value));
          for (const { value, goesOn } of here) if (sign * value === best) expect(goesOn).toBe(true);
        }
      }),
    );
  });

  it("decides at the first rung as soon as no news can change it, and no sooner", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 2, max: 4 }),
        fc.array(fc.option(fc.integer({ min: 1, max: 8 }), { nil: null }), { minLength: 1, maxLength: 12 }),
        fc.integer({ min: 1, max: 8 }),
        (reductionFactor, earlier, own) => {
          const rule = { ...paper, reductionFactor };
          /** Every trial before the last tells, never comes, or is not known yet. */
          const decide = (unknown: number | "never" | "open"): boolean | undefined => {
            const asha = createAsha(
              rule,
              [...earlier, own].map((_, i) => nameOf(i)),
            );
            tellNext(asha, earlier.length, [1, own]);
            for (const [i, value] of earlier.entries()) {
              if (value !== null) tellNext(asha, i, [1, value]);
              else if (unknown === "never") asha.end(nameOf(i));
              else if (unknown !== "open") tellNext(asha, i, [1, unknown]);
            }
            return asha.decisions().find(({ trial }) => trial === nameOf(earlier.length))?.goesOn;
          };
          const extremes = [decide(0), decide(9), decide("never")];
          const agreed = extremes.every((one) => one === extremes[0]) ? extremes[0] : undefined;
          expect(decide("open")).toBe(agreed);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("is not held up by a trial that tells nothing, where the others leave no doubt", () => {
    const asha = createAsha(paper, [0, 1, 2, 3].map(nameOf));
    tellNext(asha, 1, [1, 0.3]);
    tellNext(asha, 2, [1, 0.5]);
    expect(asha.isStopped(nameOf(2))).toBe(true);
    expect(asha.decisions()).toHaveLength(1); // trial 1 waits for trial 0, which may be better
    asha.end(nameOf(0));
    expect(asha.decisions().map(({ trial, goesOn }) => [trial, goesOn])).toEqual([
      [nameOf(1), true],
      [nameOf(2), false],
    ]);
  });

  it("stops a trial later that has trained beyond its rung, by the rung's value", () => {
    const asha = createAsha(paper, [0, 1].map(nameOf));
    for (const [epoch, value] of [
      [1, 0.5],
      [2, 0.1],
      [3, 0.01],
    ] as const)
      tellNext(asha, 1, [epoch, value]);
    expect(asha.isStopped(nameOf(1))).toBe(false);
    tellNext(asha, 0, [1, 0.4]);
    expect(asha.isStopped(nameOf(1))).toBe(true);
    expect(asha.decisions().at(-1)).toEqual({ trial: nameOf(1), rung: 0, goesOn: false, epoch: 1, value: 0.5 });
  });

  it("stops nobody at the last epoch, however its number is known", () => {
    const nineEpochs = { ...paper, minEpochs: 3, maxEpochs: null };
    const asha = createAsha(nineEpochs, [0, 1].map(nameOf));
    for (const epoch of [3, 9]) asha.tell(nameOf(0), { epoch, epochs: 9, value: 0.5 });
    for (const epoch of [3, 9]) asha.tell(nameOf(1), { epoch, epochs: 9, value: epoch === 3 ? 0.4 : 0.6 });
    expect(asha.isStopped(nameOf(1))).toBe(false);
    // Without that number the ninth epoch is a rung as any other.
    const unaware = createAsha(nineEpochs, [0, 1].map(nameOf));
    for (const epoch of [3, 9]) unaware.tell(nameOf(0), { epoch, value: 0.5 });
    for (const epoch of [3, 9]) unaware.tell(nameOf(1), { epoch, value: epoch === 3 ? 0.4 : 0.6 });
    expect(unaware.isStopped(nameOf(1))).toBe(true);
    expect(trainInTurn(nineCurves, { ...paper, maxEpochs: 1 })).toEqual([]);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY])(
    "stops a value of %s and does not count it",
    (value) => {
      const asha = createAsha(paper, [0, 1, 2].map(nameOf));
      tellNext(asha, 0, [1, value]);
      tellNext(asha, 1, [1, 0.5]);
      expect(asha.isStopped(nameOf(0))).toBe(true);
      expect(asha.decisions().map(({ goesOn }) => goesOn)).toEqual([false, true]);
    },
  );

  it("holds to decisions that it is told of, though their trials tell nothing", () => {
    const first = createAsha(
      paper,
      nine.map((_, i) => nameOf(i)),
    );
    for (const i of [0, 1, 2, 3, 4]) tellNext(first, i, nineCurves[i][0]);
    const second = createAsha(
      paper,
      nine.map((_, i) => nameOf(i)),
    );
    for (const decision of first.decisions()) second.accept(decision);
    expect(second.decisions()).toEqual(first.decisions());
    for (const asha of [first, second]) tellNext(asha, 5, nineCurves[5][0]);
    expect(second.decisions()).toEqual(first.decisions());
    expect(second.decisions()).toHaveLength(6);
  });

  it("keeps a decision that was made before a trial told of more, and the first value that is told of an epoch", () => {
    const asha = createAsha(paper, [0, 1].map(nameOf));
    asha.accept({ trial: nameOf(1), rung: 0, goesOn: true, epoch: 1, value: 0.9 });
    tellNext(asha, 0, [1, 0.1]);
    tellNext(asha, 0, [1, 0.95]);
    tellNext(asha, 1, [1, 0.9]);
    expect(asha.decisions()).toEqual([
      { trial: nameOf(0), rung: 0, goesOn: true, epoch: 1, value: 0.1 },
      { trial: nameOf(1), rung: 0, goesOn: true, epoch: 1, value: 0.9 },
    ]);
  });

  it.each([
    [{ minEpochs: 0 }, "minEpochs must be an integer of at least 1, got 0"],
    [{ minEpochs: 1.5 }, "minEpochs must be an integer of at least 1, got 1.5"],
    [{ reductionFactor: 1 }, "reductionFactor must be an integer of at least 2, got 1"],
    [{ reductionFactor: Number.NaN }, "reductionFactor must be an integer of at least 2, got NaN"],
    [{ maxEpochs: 0 }, "maxEpochs must be an integer of at least 1, got 0"],
  ])("refuses %o", (wrong, message) => {
    expect(() => createAsha({ ...paper, ...wrong }, [])).toThrow(new ArgumentError(message));
  });

  it("refuses news of a trial that is not in the list", () => {
    expect(() => createAsha(paper, ["a"]).end("b")).toThrow("trial must be one of the list, got b");
  });
});
