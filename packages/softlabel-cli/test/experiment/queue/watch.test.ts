import { describe, expect, it } from "vitest";
import type { QueueLook } from "../../../src/experiment/queue/offers.ts";
import { isMarkedStopped, removeStopMark } from "../../../src/experiment/queue/stop-marks.ts";
import type { TrialEvent, TrialsOrder } from "../../../src/experiment/queue/trial-queue.ts";
import { createWatch } from "../../../src/experiment/queue/watch.ts";
import { temporaryFolder } from "../support/worker.ts";
import { fakeTrials } from "./support/fake-experiment.ts";

const trials = fakeTrials(2);
const [first, second, third, fourth] = trials;
const nothing: ReadonlySet<string> = new Set();

const lookOf = (jobs: { readonly active?: readonly object[]; readonly failed?: readonly object[] }): QueueLook =>
  ({ active: [], failed: [], known: 4, ...jobs }) as never;
const jobOf = (trial: (typeof trials)[number], more: object = {}): object => ({ id: `t${trial.id}`, ...more });
const progressOf = (...epochs: readonly number[]): object => ({
  step: 10 * epochs.length,
  totalSteps: 40,
  measures: epochs.map((epoch) => ({ epoch, validationNll: 1 / epoch })),
});

function watchOf(more: Partial<TrialsOrder> = {}): {
  readonly watch: ReturnType<typeof createWatch>;
  readonly events: TrialEvent[];
} {
  const events: TrialEvent[] = [];
  const order = { experiment: temporaryFolder(), trials, trainer: null, ...more };
  return { watch: createWatch({ ...order, onEvent: (event) => events.push(event) }, []), events };
}

describe("createWatch", () => {
  it("takes a trial for finished when its folder is there, whatever the queue says", () => {
    const { watch, events } = watchOf();
    const look = lookOf({ failed: [jobOf(first, { failedReason: "job stalled more than allowable limit" })] });
    expect(watch.see(new Set([first.id]), look)).toBe(true);
    expect(watch.see(new Set([first.id]), look)).toBe(false);
    expect(events).toEqual([{ type: "finished", trial: first }]);
    expect(watch.outcome()).toMatchObject({ finished: [first], failed: [] });
    expect(watch.left()).toEqual([second, third, fourth]);
  });

  it("says of a trial that was lost too often what may be the matter", () => {
    const { watch, events } = watchOf();
    watch.see(nothing, lookOf({ failed: [jobOf(first, { failedReason: "job stalled more than allowable limit" })] }));
    const reason =
      "its workers were lost again and again while they carried it out; it may be what kills them, as by its memory";
    expect(events).toEqual([{ type: "failed", trial: first, reason }]);
    expect(watch.outcome().failed).toEqual([{ trial: first, reason }]);
  });

  it("goes on without a server by the folder alone", () => {
    const { watch } = watchOf();
    expect(watch.see(new Set(trials.map(({ id }) => id)), null)).toBe(true);
    expect(watch.outcome().finished).toEqual(trials);
  });

  it("tells each epoch once, though a look may show several and the same again", () => {
    const { watch, events } = watchOf();
    watch.see(nothing, lookOf({ active: [jobOf(second, { progress: progressOf(1, 2) })] }));
    watch.see(nothing, lookOf({ active: [jobOf(second, { progress: progressOf(1, 2, 3) })] }));
    const epochs = events.flatMap((event) => (event.type === "progress" ? (event.progress.measures?.epoch ?? []) : []));
    expect(epochs).toEqual([1, 2, 3]);
    expect(events.filter(({ type }) => type === "started")).toHaveLength(1);
  });

  it("hears nothing in progress that is none", () => {
    const { watch, events } = watchOf();
    for (const progress of [0, "half", { step: 1 }, { step: 1, totalSteps: 0, measures: [] }, null]) {
      watch.see(nothing, lookOf({ active: [jobOf(first, { progress })] }));
    }
    expect(events).toEqual([{ type: "started", trial: first }]);
  });

  it("stops a trial after the epoch that decides, and leaves its mark for the worker", () => {
    const experiment = temporaryFolder();
    const asked: number[] = [];
    const { watch, events } = watchOf({
      experiment,
      shouldStop: (_, { epoch }) => asked.push(epoch) === 2,
    });
    watch.see(nothing, lookOf({ active: [jobOf(third, { progress: progressOf(1, 2, 3) })] }));
    expect(asked).toEqual([1, 2]);
    expect(events.at(-1)).toEqual({ type: "stopped", trial: third });
    expect(watch.outcome().stopped).toEqual([third]);
    expect(isMarkedStopped(experiment, third.id)).toBe(true);
    removeStopMark(experiment, third.id);
    expect(isMarkedStopped(experiment, third.id)).toBe(false);
  });

  it("tells what came of the trials in their order, whatever came first", () => {
    const { watch } = watchOf();
    watch.see(new Set([fourth.id]), lookOf({ failed: [jobOf(third, { failedReason: "c" })] }));
    watch.see(new Set([fourth.id, second.id]), lookOf({ failed: [jobOf(first, { failedReason: "a" })] }));
    expect(watch.outcome()).toEqual({
      reused: [],
      finished: [second, fourth],
      failed: [
        { trial: first, reason: "a" },
        { trial: third, reason: "c" },
      ],
      stopped: [],
      elsewhere: [],
    });
  });
});
