import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { randomStream } from "../../../src/data/random.ts";
import type { TunedTrial } from "../../../src/experiment/search/best-candidate.ts";
import type { StoppingRule } from "../../../src/experiment/search/bracket.ts";
import { openJournal } from "../../../src/experiment/search/journal.ts";
import { createTuning, type Tuning } from "../../../src/experiment/search/tuning.ts";
import { trialFolder } from "../../../src/experiment/trial-store.ts";
import type { ArmParameters, EpochMeasures, ExternalTrial, Trial } from "../../../src/experiment/trials.ts";
import { temporaryFolder } from "../support/worker.ts";
import { randomCurves } from "./support/curves.ts";
import { carryOut, type ImaginedRun, Killed, type Training } from "./support/imagined-queue.ts";

const rule: StoppingRule = { measure: "validationNll", minEpochs: 1, reductionFactor: 3, maxEpochs: 9 };
const epsilons = [0, 0.1, 0.3];

function trialOf(epsilon: number, parameters: ArmParameters): ExternalTrial {
  const config = { labelSmoothing: epsilon, prior: "uniform", convention: "all-classes", seed: 1, parameters } as const;
  return { id: `${epsilon}-${parameters.width}`, kind: "external", config };
}

/** Twelve candidates, each with a curve of its own under each ε. */
const widths = Array.from({ length: 12 }, (_, i) => ({ width: i + 1 }));
const trainings = new Map<string, Training>(
  epsilons.flatMap((epsilon) =>
    randomCurves(widths.length, 9, randomStream(4, `ε = ${epsilon}`)).map((curve, i): [string, Training] => [
      trialOf(epsilon, widths[i]).id,
      {
        measures: curve.map(([epoch, value]) => ({ epoch, validationNll: value, validationAccuracy: 1 - value / 9 })),
        fails: i === 6,
      },
    ]),
  ),
);

interface Search {
  readonly jobs?: number;
  readonly seed?: number;
  readonly killAfter?: number | undefined;
  readonly experiment?: string;
  readonly checkpoints?: Map<string, number>;
  readonly stopping?: StoppingRule | null;
  readonly candidates?: readonly ArmParameters[];
  readonly trainingOf?: (trial: Trial) => Training;
  readonly onNotice?: (sentence: string) => void;
  readonly onStart?: (trial: Trial) => void;
}

/** A search as a plan makes it, in two phases: the grid, then an ε between. */
function search(options: Search = {}): {
  readonly tuned: readonly TunedTrial[];
  readonly tuning: Tuning;
  readonly experiment: string;
} {
  const { jobs = 1, seed = 1, experiment = temporaryFolder(), stopping = rule, candidates = widths } = options;
  const tuning = createTuning({ experiment, candidates, trialOf, stopping, onNotice: options.onNotice });
  const run: ImaginedRun = {
    experiment,
    trainingOf: options.trainingOf ?? (({ id }) => trainings.get(id) as Training),
    jobs,
    random: randomStream(seed, "order"),
    checkpoints: options.checkpoints ?? new Map(),
    onStart: options.onStart,
    killAfter: options.killAfter,
  };
  tuning.settle(carryOut(tuning.trials([0, 0.3]), run, tuning));
  tuning.settle(carryOut(tuning.trials([0.1]), run, tuning));
  return { tuned: tuning.tuned(), tuning, experiment };
}

const inTurn = (): readonly TunedTrial[] => search().tuned;
const stoppedOf = (tuned: readonly TunedTrial[]): string[] =>
  tuned.filter(({ fate }) => fate.kind === "stopped").map(({ trial }) => trial.id);

describe("the search of other parameters", () => {
  it("tries every ε with the same candidates, candidate by candidate", () => {
    const tuning = createTuning({ experiment: temporaryFolder(), candidates: widths, trialOf, stopping: rule });
    const ids = tuning.trials([0, 0.3]).map(({ id }) => id);
    expect(ids).toEqual(widths.flatMap(({ width }) => [`0-${width}`, `0.3-${width}`]));
  });

  it("stops some of each ε, names where, and never compares two ε", () => {
    const tuned = inTurn();
    expect(tuned).toHaveLength(36);
    for (const epsilon of epsilons) {
      const own = tuned.filter((one) => one.epsilon === epsilon);
      expect(own.map(({ candidate }) => candidate)).toEqual(widths.map((_, i) => i));
      expect(own.filter(({ fate }) => fate.kind === "stopped").length).toBeGreaterThan(3);
      expect(own.some(({ fate }) => fate.kind === "finished")).toBe(true);
    }
    // ε = 0.3 made ten times worse: what is stopped under each stays the same.
    const worse = search({
      trainingOf: ({ id }) => {
        const { measures, fails } = trainings.get(id) as Training;
        if (!id.startsWith("0.3-")) return { measures, fails };
        return {
          measures: measures.map((line) => ({ ...line, validationNll: 10 * (line.validationNll ?? 0) })),
          fails,
        };
      },
    });
    expect(stoppedOf(worse.tuned)).toEqual(stoppedOf(tuned));
  });

  it.each([2, 3, 8])("comes to the same with %i jobs, in whatever order they tell", (jobs) => {
    const expected = inTurn();
    for (let seed = 1; seed <= 8; seed++) expect(search({ jobs, seed }).tuned).toEqual(expected);
  });

  it("comes to the same when it is killed again and again, with whatever number of jobs", () => {
    const expected = inTurn();
    for (let seed = 1; seed <= 6; seed++) {
      const random = randomStream(seed, "kills");
      const common = { experiment: temporaryFolder(), checkpoints: new Map<string, number>() };
      for (let kills = 0; ; kills++) {
        const killAfter = kills < 8 ? Math.floor(random() * 30) : undefined;
        try {
          const { tuned } = search({ ...common, jobs: 1 + Math.floor(random() * 8), seed: seed + kills, killAfter });
          expect(tuned).toEqual(expected);
          break;
        } catch (error) {
          if (!(error instanceof Killed)) throw error;
        }
      }
    }
  });

  it("starts nothing again that was stopped, and trains nothing when all is decided", () => {
    const first = search({ jobs: 3 });
    const started: string[] = [];
    const again = search({ experiment: first.experiment, onStart: ({ id }) => started.push(id) });
    expect(again.tuned).toEqual(first.tuned);
    expect(started.every((id) => trainings.get(id)?.fails)).toBe(true);
    expect(stoppedOf(first.tuned).some((id) => started.includes(id))).toBe(false);
  });

  it("decides by the histories of finished trials when the journal is lost", () => {
    const first = search({ stopping: null });
    expect(existsSync(join(first.experiment, "decisions.jsonl"))).toBe(false);
    expect(stoppedOf(first.tuned)).toEqual([]);
    // All trained to their end; the rule now says what it would have stopped, and that is what counts.
    expect(search({ experiment: first.experiment }).tuned).toEqual(inTurn());
  });

  it("holds to what was decided beside a trial that failed then, though it does not fail now", () => {
    const failing = (id: string): Training => ({ measures: [], fails: id === "0-1" });
    const curve = (value: number): Training => ({
      measures: Array.from({ length: 9 }, (_, i) => ({ epoch: i + 1, validationNll: value })),
    });
    const first = search({ trainingOf: ({ id }) => (id === "0-1" ? failing(id) : curve(Number(id.split("-")[1]))) });
    const second = search({
      experiment: first.experiment,
      trainingOf: ({ id }) => curve(id === "0-1" ? 0.5 : Number(id.split("-")[1])),
    });
    const fates = (tuned: readonly TunedTrial[]): string[] => tuned.slice(0, 4).map(({ fate }) => fate.kind);
    expect(fates(first.tuned)).toEqual(["failed", "finished", "finished", "stopped"]);
    expect(fates(second.tuned)).toEqual(["finished", "finished", "finished", "stopped"]);
  });

  it("does not wait for a trial that failed", () => {
    const experiment = temporaryFolder();
    const tuning = createTuning({ experiment, candidates: widths.slice(0, 2), trialOf, stopping: rule });
    const [first, second] = tuning.trials([0]);
    const decisions = (): number =>
      openJournal(experiment)
        .read()
        .filter(({ type }) => type === "decision").length;
    tuning.shouldStop(second, { epoch: 1, validationNll: 0.5 });
    expect(decisions()).toBe(0);
    tuning.onEvent({ type: "failed", trial: first, reason: "its process ended with exit code 1" });
    expect(decisions()).toBe(1);
  });

  it("decides anew under another rule, and keeps what was measured", () => {
    const first = search();
    const gentler: StoppingRule = { ...rule, reductionFactor: 2 };
    const started: string[] = [];
    const second = search({ experiment: first.experiment, stopping: gentler, onStart: ({ id }) => started.push(id) });
    expect(second.tuned).toEqual(search({ stopping: gentler }).tuned);
    expect(stoppedOf(second.tuned)).not.toEqual(stoppedOf(first.tuned));
  });

  it("keeps its decisions when more candidates join at the end", () => {
    const first = search({ candidates: widths.slice(0, 8) });
    const started: string[] = [];
    const more = search({ experiment: first.experiment, onStart: ({ id }) => started.push(id) });
    expect(more.tuned).toEqual(inTurn());
    expect(stoppedOf(first.tuned).filter((id) => started.includes(id))).toEqual([]);
  });

  it("trains every candidate to its end when none is to be stopped", () => {
    const { tuned, tuning } = search({ stopping: null });
    expect(tuned.map(({ fate }) => fate.kind)).toEqual(
      tuned.map(({ candidate }) => (candidate === 6 ? "failed" : "finished")),
    );
    expect(tuning.shouldStop(tuned[0].trial, { epoch: 1, validationNll: 9 })).toBe(false);
  });

  it("stops no trial outside its phases, so that a stopped winner can be trained after all", () => {
    const { tuned, tuning } = search();
    const stopped = tuned.find(({ fate }) => fate.kind === "stopped") as TunedTrial;
    expect(tuning.shouldStop(stopped.trial, { epoch: 1, validationNll: 9 })).toBe(false);
  });

  it("writes each measure and each decision once, one line each", () => {
    const { experiment, tuned } = search({ jobs: 4 });
    const lines = openJournal(experiment).read();
    const text = readFileSync(join(experiment, "decisions.jsonl"), "utf8");
    expect(text.trimEnd().split("\n")).toHaveLength(lines.length);
    const keys = lines.map((line) => `${line.type} ${line.trial} ${line.type === "decision" ? line.rung : line.epoch}`);
    expect(new Set(keys).size).toBe(keys.length);
    const stops = lines.filter((line) => line.type === "decision" && !line.goesOn);
    expect(stops.map(({ trial }) => trial).sort()).toEqual(stoppedOf(tuned).sort());
  });

  it("is as if two searches were one when both carry out a share and see one journal", () => {
    const experiment = temporaryFolder();
    const expected = inTurn().filter(({ epsilon }) => epsilon !== 0.1);
    const shares = [0, 1].map((share) => {
      const tuning = createTuning({ experiment, candidates: widths, trialOf, stopping: rule });
      return { tuning, trials: tuning.trials([0, 0.3]).filter((_, i) => i % 2 === share) };
    });
    const run = (seed: number): ImaginedRun => ({
      experiment,
      trainingOf: ({ id }) => trainings.get(id) as Training,
      jobs: 2,
      random: randomStream(seed, "order"),
      checkpoints: new Map(),
    });
    for (const [i, { tuning, trials }] of shares.entries()) carryOut(trials, run(i), tuning);
    // Whoever comes last finds all trials finished, stopped or failed.
    const last = createTuning({ experiment, candidates: widths, trialOf, stopping: rule });
    last.settle(carryOut(last.trials([0, 0.3]), run(9), last));
    expect(last.tuned()).toEqual(expected);
  });

  describe("with a trainer that does not tell what decisions are made by", () => {
    const without =
      (name: "validationNll" | "validationAccuracy") =>
      (trial: Trial): Training => {
        const { measures, fails } = trainings.get(trial.id) as Training;
        return { measures: measures.map(({ [name]: _, ...line }) => line as EpochMeasures), fails };
      };

    it("says so once, and trains every candidate to its end", () => {
      const notices: string[] = [];
      const { tuned } = search({
        trainingOf: without("validationNll"),
        onNotice: (sentence) => notices.push(sentence),
        jobs: 3,
      });
      expect(notices).toEqual([
        "early stopping has nothing to go by, because the trainer does not tell validation_nll after its epochs: every candidate trains to its end",
      ]);
      expect(stoppedOf(tuned)).toEqual([]);
    });

    it("takes nothing else for it, a smoothed loss least of all", () => {
      const notices: string[] = [];
      const { tuned } = search({
        onNotice: (sentence) => notices.push(sentence),
        trainingOf: (trial) => ({
          measures: without("validationNll")(trial).measures.map((line) => ({
            ...line,
            loss: 1 / line.epoch,
            validationLoss: 1,
          })),
        }),
      });
      expect(notices).toHaveLength(1);
      expect(stoppedOf(tuned)).toEqual([]);
    });

    it("says nothing when it tells, or when nothing is to be stopped", () => {
      const notices: string[] = [];
      search({ onNotice: (sentence) => notices.push(sentence) });
      search({ onNotice: (sentence) => notices.push(sentence), stopping: null, trainingOf: without("validationNll") });
      search({
        onNotice: (sentence) => notices.push(sentence),
        stopping: { ...rule, measure: "validationAccuracy" },
        trainingOf: without("validationNll"),
      });
      expect(notices).toEqual([]);
    });
  });

  it("goes by accuracy upwards when the rule says so", () => {
    // Accuracy is 1 − NLL/9 here, so the same candidates stop.
    const byAccuracy = search({ stopping: { ...rule, measure: "validationAccuracy" } });
    expect(stoppedOf(byAccuracy.tuned)).toEqual(stoppedOf(inTurn()));
  });

  it("says that there is nothing to stop in a training of fewer epochs than are compared first", () => {
    const notices: string[] = [];
    const short = search({ stopping: { ...rule, minEpochs: 9 }, onNotice: (sentence) => notices.push(sentence) });
    expect(stoppedOf(short.tuned)).toEqual([]);
    expect(notices).toEqual([
      "early stopping compares candidates after 9 epochs at the earliest, and a training has 9: every candidate trains to its end",
    ]);
  });

  it("takes what a history of the laboratory's own training has no number for as not finite", () => {
    const experiment = temporaryFolder();
    const built = (id: string): Trial => ({ id, kind: "train", config: { seed: 1 } }) as unknown as Trial;
    for (const [id, first] of [
      ["a", null],
      ["b", 0.5],
    ] as const) {
      mkdirSync(trialFolder(experiment, id), { recursive: true });
      const lines = [1, 2].map((epoch) =>
        JSON.stringify({ epoch, validationNll: epoch === 1 ? first : 0.4, validationAccuracy: 0.9 }),
      );
      writeFileSync(join(trialFolder(experiment, id), "history.jsonl"), `${lines.join("\n")}\n`);
    }
    const tuning = createTuning({
      experiment,
      candidates: [{ id: "a" }, { id: "b" }],
      trialOf: (_, { id }) => built(String(id)),
      stopping: rule,
    });
    const trials = tuning.trials([0]);
    tuning.settle({ reused: trials, finished: [], failed: [], stopped: [], elsewhere: [] });
    expect(tuning.tuned().map(({ fate }) => fate)).toEqual([
      { kind: "stopped", epoch: 1, rung: 0, value: Number.NaN },
      { kind: "finished" },
    ]);
  });

  it("does not stop at the last epoch of a trainer that says how many there are, nor after a restart", () => {
    const shortened = { ...rule, maxEpochs: null };
    const threeOf = ({ id }: Trial): Training => ({
      measures: [1, 2, 3].map((epoch) => ({
        epoch,
        epochs: 3,
        validationNll: epoch === 1 ? 1 : Number(id.split("-")[1]),
      })),
    });
    const experiment = temporaryFolder();
    for (let run = 0; run < 2; run++) {
      const { tuned } = search({
        experiment,
        stopping: shortened,
        candidates: widths.slice(0, 4),
        trainingOf: threeOf,
      });
      expect(stoppedOf(tuned)).toEqual([]);
    }
    const untold = ({ id }: Trial): Training => ({
      measures: threeOf({ id } as Trial).measures.map(({ epochs: _, ...line }) => line),
    });
    const { tuned } = search({ stopping: shortened, candidates: widths.slice(0, 4), trainingOf: untold });
    expect(tuned.filter(({ epsilon }) => epsilon === 0).map(({ fate }) => fate.kind)).toEqual([
      "finished",
      "stopped",
      "stopped",
      "stopped",
    ]);
  });

  it("passes over lines of a history that a trainer made to its own taste", () => {
    const { experiment, tuned } = search({ stopping: null });
    const { trial } = tuned[0];
    writeFileSync(
      join(trialFolder(experiment, trial.id), "history.jsonl"),
      '{"step":3,"validationNll":0.1}\n{}\n{"epoch":1,"loss":2}\n',
    );
    search({ experiment });
    expect(
      openJournal(experiment)
        .read()
        .filter((line) => line.trial === trial.id),
    ).toEqual([]);
  });

  it("does without a history that is not there", () => {
    const first = search({ stopping: null });
    for (const id of trainings.keys())
      rmSync(join(trialFolder(first.experiment, id), "history.jsonl"), { force: true });
    const notices: string[] = [];
    const second = search({ experiment: first.experiment, onNotice: (sentence) => notices.push(sentence) });
    expect(second.tuned).toEqual(first.tuned);
    expect(notices).toHaveLength(1);
  });
});
