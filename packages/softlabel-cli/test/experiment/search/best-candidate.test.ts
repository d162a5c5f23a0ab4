import { describe, expect, it } from "vitest";
import {
  bestCandidatePerEpsilon,
  type TunedTrial,
  type TuningFate,
} from "../../../src/experiment/search/best-candidate.ts";
import { measureFor } from "../../../src/experiment/search/measure.ts";

const whole: TuningFate = { kind: "finished" };
const stopped = (rung: number, value: number): TuningFate => ({ kind: "stopped", epoch: 3 ** rung, rung, value });

/** Candidates of two ε in turn, as a search lists them. */
function tuned(fates: Readonly<Record<number, readonly TuningFate[]>>): readonly TunedTrial[] {
  const epsilons = Object.keys(fates).map(Number);
  return fates[epsilons[0]].flatMap((_, candidate) =>
    epsilons.map((epsilon) => ({
      epsilon,
      candidate,
      parameters: { candidate },
      trial: { id: `${epsilon}-${candidate}`, kind: "external", config: { seed: 1 } } as unknown as TunedTrial["trial"],
      fate: fates[epsilon][candidate],
    })),
  );
}

describe("the best candidate of each ε", () => {
  it("is that of the lowest score, the earlier of equals, each ε for itself", () => {
    const scores: Record<string, number> = { "0-0": 3, "0-1": 1, "0-2": 1, "0.1-0": 7, "0.1-1": 8, "0.1-2": 6 };
    const best = bestCandidatePerEpsilon(
      tuned({ 0: [whole, whole, whole], 0.1: [whole, whole, whole] }),
      ({ trial }) => scores[trial.id],
      "lower",
    );
    expect([...best].map(([epsilon, one]) => [epsilon, one?.candidate, one?.score])).toEqual([
      [0, 1, 1],
      [0.1, 2, 6],
    ]);
  });

  it("is none that was stopped where one trained to its end, however good it looked, and scores only the whole", () => {
    const asked: string[] = [];
    const best = bestCandidatePerEpsilon(
      tuned({ 0: [stopped(2, 0.01), whole, { kind: "failed" }] }),
      ({ trial }) => {
        asked.push(trial.id);
        return 100;
      },
      "lower",
    );
    expect(best.get(0)).toMatchObject({ candidate: 1, score: 100 });
    expect(asked).toEqual(["0-1"]);
  });

  it("is the stopped one that came furthest where all were stopped or diverged, and there the better", () => {
    const fates = [stopped(0, 0.1), stopped(1, 0.5), stopped(1, 0.4), stopped(1, Number.NaN), whole];
    const pick = (better: "lower" | "higher"): number | undefined =>
      bestCandidatePerEpsilon(tuned({ 0: fates }), () => Number.NaN, better).get(0)?.candidate;
    expect(pick("lower")).toBe(2);
    expect(pick("higher")).toBe(1);
  });

  it("is none where every candidate failed or diverged", () => {
    const best = bestCandidatePerEpsilon(
      tuned({ 0: [{ kind: "failed" }, whole, stopped(0, Number.NaN)], 0.1: [whole, whole, whole] }),
      ({ epsilon }) => (epsilon === 0 ? Number.POSITIVE_INFINITY : 1),
      "lower",
    );
    expect(best.get(0)).toBeNull();
    expect(best.get(0.1)?.candidate).toBe(0);
  });
});

describe("the measure that candidates are stopped by", () => {
  it("is accuracy where accuracy alone chooses, and the likelihood otherwise", () => {
    expect(measureFor(["accuracy"])).toBe("validationAccuracy");
    for (const names of [["nll-after-temperature"], ["nll"], ["ece"], ["aurc"], ["accuracy", "ece"]]) {
      expect(measureFor(names)).toBe("validationNll");
    }
  });
});
