import { readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { localQueue } from "../../../src/experiment/queue/local-queue.ts";
import { readPlanFile } from "../../../src/experiment/queue/plan-file.ts";
import { isOwn, parseShard, type Shard, shardQueue } from "../../../src/experiment/queue/shard.ts";
import { LeftToOthersError, runExperiment } from "../../../src/experiment/run-experiment.ts";
import { trialFolder } from "../../../src/experiment/trial-store.ts";
import { buildModule, temporaryFolder } from "../support/worker.ts";
import { type FakeResults, fakePlan, fakeTrials } from "./support/fake-experiment.ts";

const worker = buildModule("fake-worker");
const writeReport = async (): Promise<void> => {};

const shards = (count: number): readonly Shard[] => Array.from({ length: count }, (_, i) => ({ index: i + 1, count }));

describe("isOwn", () => {
  it("deals the trials of two arms so that neither of two shards has one arm alone", () => {
    const dealt = shards(2).map((shard) => [0, 1, 2, 3, 4, 5, 6, 7].filter((position) => isOwn(position, shard)));
    expect(dealt).toEqual([
      [0, 3, 4, 7],
      [1, 2, 5, 6],
    ]);
  });

  it("gives each trial to exactly one shard, and no shard two more than another", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 300 }), (count, trials) => {
        const positions = Array.from({ length: trials }, (_, position) => position);
        const sizes = shards(count).map((shard) => positions.filter((position) => isOwn(position, shard)).length);
        for (const position of positions)
          expect(shards(count).filter((shard) => isOwn(position, shard))).toHaveLength(1);
        expect(Math.max(...sizes) - Math.min(...sizes)).toBeLessThanOrEqual(1);
      }),
    );
  });

  it("gives a trial to the same shard when the list grows", () => {
    const share = (trials: number): number[] =>
      Array.from({ length: trials }, (_, i) => i).filter((i) => isOwn(i, { index: 2, count: 3 }));
    expect(share(20).slice(0, share(11).length)).toEqual(share(11));
  });
});

describe("parseShard", () => {
  it("reads a share as it is typed", () => {
    expect(parseShard("3/8", {})).toEqual({ index: 3, count: 8 });
  });

  it.each(["0/8", "9/8", "3", "3/", "-1/8", "3/8/2", "a/b", "1.5/3", ""])("refuses %s", (typed) => {
    expect(() => parseShard(typed, {})).toThrow(
      `--shard must be 1/N, 2/N, … or N/N, or auto in an array of jobs, got "${typed}"`,
    );
  });

  it("is told by a Slurm array, whatever number it begins with", () => {
    const slurm = { SLURM_ARRAY_TASK_ID: "12", SLURM_ARRAY_TASK_MIN: "10", SLURM_ARRAY_TASK_COUNT: "8" };
    expect(parseShard("auto", slurm)).toEqual({ index: 3, count: 8 });
  });

  it("is told by a Kubernetes Indexed Job, whose indices begin with 0", () => {
    expect(parseShard("auto", { JOB_COMPLETION_INDEX: "0", SOFTLABEL_SHARDS: "4" })).toEqual({ index: 1, count: 4 });
  });

  it("refuses an array that counts by more than 1, and completions that are not told", () => {
    const byTwo = { SLURM_ARRAY_TASK_ID: "9", SLURM_ARRAY_TASK_MIN: "1", SLURM_ARRAY_TASK_COUNT: "5" };
    expect(() => parseShard("auto", byTwo)).toThrow(
      "SLURM_ARRAY_TASK_ID must be that of one of 5 shards, got shard 9; the array must count by 1: --array=1-8",
    );
    expect(() => parseShard("auto", { JOB_COMPLETION_INDEX: "0" })).toThrow(
      'SOFTLABEL_SHARDS must be an integer of at least 0 for --shard auto, got ""',
    );
    expect(() => parseShard("auto", {})).toThrow(
      "--shard auto must run in a Slurm array or a Kubernetes Indexed Job, got neither SLURM_ARRAY_TASK_ID nor " +
        "JOB_COMPLETION_INDEX; write --shard 1/8, 2/8, … instead",
    );
  });
});

describe("a shard", () => {
  it("has the same trials when others of the list were stopped meanwhile", async () => {
    const dealt = fakeTrials(3);
    const [first, second, ...trials] = dealt;
    const order = { experiment: temporaryFolder(), trials, dealt, trainer: null };
    // Dealt from what is left, positions 2 to 5 would be 0 to 3, and this share the second and third of them.
    const { finished, elsewhere } = await shardQueue({ index: 2, count: 2 }, { worker, jobs: 1 }).run(order);
    expect(finished).toEqual([dealt[2], dealt[5]]);
    expect(elsewhere).toEqual([dealt[3], dealt[4]]);
    expect([first, second].some((trial) => finished.includes(trial))).toBe(false);
  });
});

describe("an experiment in shards", () => {
  const run = (out: string, shard: Shard | null): Promise<FakeResults> => {
    const host = { worker, jobs: 2 };
    const queue = shard === null ? localQueue(host) : shardQueue(shard, host);
    return runExperiment(() => fakePlan(out, fakeTrials(3), fakeTrials(2, { epochs: 2 })), { queue, writeReport });
  };
  const resultsBut = (folder: string): string => {
    const { run: _, ...rest } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
    return JSON.stringify(rest);
  };

  it("has the results of one on this machine, whoever comes last", async () => {
    const [alone, shared] = [temporaryFolder(), temporaryFolder()];
    await run(alone, null);
    const left = await run(shared, { index: 2, count: 2 }).catch((error) => error);
    expect(left).toBeInstanceOf(LeftToOthersError);
    expect(left.message).toBe(
      "shard 2/2 is done; 3 of the 6 trials so far are left to others, the first of them ε = 0 with seed 1; when all " +
        "shards have ended, the same command without --shard judges them, or goes on to the trials that follow from them",
    );
    expect(left).toMatchObject({ finished: 3, elsewhere: { length: 3 } });
    // The first shard completes the first phase and goes on to the second, of which it has its share alone.
    await expect(run(shared, { index: 1, count: 2 })).rejects.toThrow("2 of the 10 trials so far are left to others");
    expect(readPlanFile(shared)).toMatchObject({ state: "running", trials: { length: 10 } });
    const results = await run(shared, { index: 2, count: 2 });
    expect(results.run.queue).toBe("shard 2/2");
    expect(resultsBut(shared)).toBe(resultsBut(alone));
    expect(readPlanFile(shared)).toMatchObject({ state: "ended" });
  });

  it("is judged by the command without a shard, which trains nothing", async () => {
    const shared = temporaryFolder();
    const both = shards(2).map((shard) => run(shared, shard).catch((error) => error));
    await Promise.all(both);
    for (const shard of shards(2)) await run(shared, shard).catch((error) => error);
    rmSync(join(shared, "results.json"), { force: true });
    const results = await run(shared, null);
    expect(results).toMatchObject({ run: { queue: "local", trialsReused: 10 } });
  });

  it("tells of a trial of its own that failed beside those that are left to others", async () => {
    const shared = temporaryFolder();
    const plan = fakePlan(shared, fakeTrials(2, { model: "throws" }));
    const queue = shardQueue({ index: 1, count: 2 }, { worker, jobs: 1 });
    await expect(runExperiment(() => plan, { queue, writeReport })).rejects.toThrow(
      /^shard 1\/2 is done, but for trials that failed: ε = 0.1 with seed 2; /,
    );
    expect(trialFolder(shared, "")).toContain("trials");
  });
});
