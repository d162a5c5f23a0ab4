import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../../../../../test/house/imports.ts";
import { randomStream } from "../../../src/data/random.ts";
import { type Curve, nameOf, trainBeside, trainInTurn } from "./support/curves.ts";
import { nine, nineCurves, paper } from "./support/worked-table.ts";

const searches = 100;

interface Imagined {
  readonly curves: readonly Curve[];
  readonly secondsPerEpoch: readonly number[];
}

/** Trainings whose values fall at rates of their own towards floors of their own, and jitter. */
function imagine(candidates: number, epochs: number, seed: number): Imagined {
  const random = randomStream(seed, "imagined trainings");
  const drawn = Array.from({ length: candidates }, () => {
    const [floor, start, rate, secondsPerEpoch] = [0.1 + random(), 2 + random(), 0.1 + random(), 1 + 3 * random()];
    const curve = Array.from({ length: epochs }, (_, i) => {
      const epoch = i + 1;
      return [epoch, floor + start * Math.exp(-rate * 27 * (epoch / epochs)) + 0.05 * random()] as const;
    });
    return { curve, secondsPerEpoch };
  });
  return {
    curves: drawn.map(({ curve }) => curve),
    secondsPerEpoch: drawn.map((one) => one.secondsPerEpoch),
  };
}

interface Cost {
  /** Epochs trained, of those of all trainings whole. */
  readonly share: number;
  /** Searches that trained the best candidate to its end. */
  readonly kept: number;
  /** Mean of how much the best whole training is worse than the best of all. */
  readonly worse: number;
  /** The same of whole trainings of the first candidates, as many as the same epochs pay for. */
  readonly wholeWorse: number;
}

function costOf({ candidates, epochs, minEpochs, jobs }: Setting): Cost {
  const mean = { share: 0, worse: 0, wholeWorse: 0 };
  let kept = 0;
  for (let seed = 1; seed <= searches; seed++) {
    const { curves, secondsPerEpoch } = imagine(candidates, epochs, seed);
    const rule = { minEpochs, reductionFactor: 3, maxEpochs: epochs, better: "lower" } as const;
    const run = trainBeside(curves, rule, jobs, firstToTell(secondsPerEpoch));
    const finals = curves.map((curve) => curve[epochs - 1][1]);
    const best = Math.min(...finals);
    const stopped = new Set(run.decisions.filter(({ goesOn }) => !goesOn).map(({ trial }) => trial));
    const winner = Math.min(...finals.filter((_, i) => !stopped.has(nameOf(i))));
    const paidFor = Math.max(1, Math.round(run.epochs / epochs));
    if (winner === best) kept++;
    mean.share += run.epochs / (candidates * epochs) / searches;
    mean.worse += (winner - best) / searches;
    mean.wholeWorse += (Math.min(...finals.slice(0, paidFor)) - best) / searches;
  }
  return { ...mean, kept };
}

/** Of those that run, whose epoch ends first; a trial begins when the one that told last has made room. */
function firstToTell(secondsPerEpoch: readonly number[]): (running: readonly number[]) => number {
  const due = new Map<number, number>();
  let now = 0;
  return (running) => {
    for (const place of running) if (!due.has(place)) due.set(place, now + secondsPerEpoch[place]);
    const dueOf = (place: number): number => due.get(place) as number;
    const lane = running.reduce((first, place, i) => (dueOf(place) < dueOf(running[first]) ? i : first), 0);
    now = dueOf(running[lane]);
    due.set(running[lane], now + secondsPerEpoch[running[lane]]);
    return lane;
  };
}

interface Setting {
  readonly candidates: number;
  readonly epochs: number;
  readonly minEpochs: number;
  readonly jobs: number;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

describe("the document on choosing", () => {
  const document = readFileSync(join(root, "docs/choosing.md"), "utf8");
  const rows = document
    .split("\n")
    .map((line) => line.split("|").slice(1, -1))
    .map((cells) => cells.map((cell) => cell.trim()));
  /** What stands right of these cells. */
  const rightOf = (...first: readonly string[]): readonly string[] | undefined =>
    rows.find((cells) => first.every((cell, i) => cells[i] === cell))?.slice(first.length);

  it("works the table of nine trials as they are decided", () => {
    const decisions = trainInTurn(nineCurves, paper);
    for (const [i, { after1, after3, stopsAfter }] of nine.entries()) {
      const comparison = (rung: number): readonly string[] => {
        const here = decisions.filter((one) => one.rung === rung);
        const at = here.findIndex(({ trial }) => trial === nameOf(i));
        if (at < 0) return ["", "", ""];
        const value = (rung === 0 ? after1 : after3).toFixed(2);
        return [value, `${Math.max(1, Math.floor((at + 1) / 3))} of ${at + 1}`, here[at].goesOn ? "yes" : "no"];
      };
      const trained = stopsAfter === 1 ? "1 epoch" : `${stopsAfter ?? 9} epochs`;
      const cells = [...comparison(0), ...comparison(1), trained];
      expect(rightOf(String(i + 1), cells[0])).toEqual(cells.slice(1));
    }
  });

  it("says what imagined searches train with so many jobs, and that all keep the same", () => {
    const costs = [1, 2, 4, 8, 16].map((jobs) => ({
      jobs,
      ...costOf({ candidates: 64, epochs: 27, minEpochs: 1, jobs }),
    }));
    expect(new Set(costs.map(({ worse }) => worse)).size).toBe(1);
    for (const { jobs, share } of costs) expect(rightOf(String(jobs), percent(share))).toEqual([]);
  });

  it.each([
    [16, 5, 1],
    [16, 5, 2],
    [64, 27, 1],
    [64, 27, 3],
    [64, 27, 9],
  ])("says what stopping costs %i candidates of %i epochs that are first compared after %i", (...setting) => {
    const [candidates, epochs, minEpochs] = setting;
    const { share, kept, worse, wholeWorse } = costOf({ candidates, epochs, minEpochs, jobs: 1 });
    const numbers = [percent(share), String(kept), worse.toFixed(4), wholeWorse.toFixed(4)];
    expect(rightOf(...setting.map(String))).toEqual(numbers);
  });

  it("sums up the searches of 64 candidates", () => {
    const { kept, worse, wholeWorse } = costOf({ candidates: 64, epochs: 27, minEpochs: 1, jobs: 1 });
    const text = document.replaceAll("\n", " ");
    expect(text).toContain(`lose the best of them ${searches - kept} times in ${searches}`);
    expect(text).toContain(`they end ${(wholeWorse / worse).toFixed(1)} times nearer`);
  });
});
