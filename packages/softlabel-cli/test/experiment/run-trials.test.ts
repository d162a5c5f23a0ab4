import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { adversarialDefaults } from "../../src/experiment/adversarial/options.ts";
import { planAdversarialTrials } from "../../src/experiment/adversarial/plan-trials.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import type { TrialEvent, TrialsOrder, TrialsOutcome } from "../../src/experiment/queue/trial-queue.ts";
import { runTrials } from "../../src/experiment/run-trials.ts";
import { sweep } from "../../src/experiment/sweep.ts";
import { type ProgressFile, readProgressFile } from "../../src/experiment/trial-progress-file.ts";
import { readFinishedTrial, trialFolder } from "../../src/experiment/trial-store.ts";
import type { Trial } from "../../src/experiment/trials.ts";
import { planTrials } from "./support/plan-trials.ts";
import { buildModule, temporaryFolder } from "./support/worker.ts";

const worker = buildModule("fake-worker");
const parentModule = buildModule("fake-parent");

/** Three seeds, two arms; `log` gets a line for every trial that begins to train. */
function experiment(model = "works"): { folder: string; trials: readonly Trial[]; trained: () => string[] } {
  const folder = temporaryFolder();
  const log = join(folder, "log");
  writeFileSync(log, "");
  const options = { ...compareDefaults, data: log, model, seeds: 3 };
  const trials = planTrials(options, { dataHash: "data", codeVersion: "code" });
  return {
    folder,
    trials,
    trained: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  };
}

async function run(
  folder: string,
  trials: readonly Trial[],
  { jobs = 2, ...order }: Partial<Pick<TrialsOrder, "signal" | "onEvent" | "shouldStop"> & { jobs: number }> = {},
): Promise<TrialsOutcome> {
  await sweep(folder, 5_000);
  return runTrials({ experiment: folder, trials, trainer: null, jobs, worker, ...order });
}

const nothing: TrialsOutcome = { reused: [], finished: [], failed: [], stopped: [], elsewhere: [] };

const temporary = (folder: string): string[] =>
  readdirSync(join(folder, "trials")).filter((name) => name.startsWith("."));
const isGone = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return /\) Z /.test(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return true;
  }
};

describe("runTrials", () => {
  test("trains every trial once, and again none of them", async () => {
    const { folder, trials, trained } = experiment();
    const first = await run(folder, trials);
    expect(first).toMatchObject({ reused: [], failed: [] });
    expect(first.finished).toEqual(trials);
    expect(trained()).toHaveLength(6);
    expect(readdirSync(join(folder, "trials")).sort()).toEqual(trials.map(({ id }) => id).sort());

    expect(await run(folder, trials)).toEqual({ ...nothing, reused: trials });
    expect(trained()).toHaveLength(6);
  });

  test("one process trains several trials, and there are as many as jobs", async () => {
    const { folder, trials, trained } = experiment();
    await run(folder, trials, { jobs: 2 });
    const pids = new Set(trained().map((line) => line.split(" ")[2]));
    expect(pids.size).toBe(2);
    for (const pid of pids) expect(isGone(Number(pid))).toBe(true);
  });

  test("more seeds train only what is new", async () => {
    const { folder, trials, trained } = experiment();
    await run(folder, trials.slice(0, 2));
    const { reused, finished } = await run(folder, trials);
    expect(reused).toEqual(trials.slice(0, 2));
    expect(finished).toEqual(trials.slice(2));
    expect(trained()).toHaveLength(6);
  });

  test("tells of every trial's start, progress and end; a loss of NaN arrives as NaN", async () => {
    const { folder, trials } = experiment();
    const events: TrialEvent[] = [];
    await run(folder, trials, { onEvent: (event) => events.push(event) });
    for (const trial of trials) {
      const own = events.filter((event) => event.trial === trial);
      expect(own[0]?.type).toBe("started");
      expect(own.at(-1)?.type).toBe("finished");
      const last = own.at(-2);
      expect(last).toMatchObject({ type: "progress", progress: { step: 20, totalSteps: 20, trainLoss: Number.NaN } });
    }
  });

  test("the death of a process is told with its last words; the others go on", async () => {
    const { folder, trials, trained } = experiment("dies");
    const { finished, failed } = await run(folder, trials, { jobs: 1 });
    expect(failed.map(({ trial }) => trial.config.seed)).toEqual([2, 2]);
    expect(failed[0]?.reason).toBe(
      "its process was killed by SIGKILL; it wrote last:\n    memory access out of bounds",
    );
    expect(finished).toHaveLength(4);
    expect(trained()).toHaveLength(6);
    await sweep(folder, 1_000);
    expect(temporary(folder)).toEqual([]);
  });

  test("an error in training is told in its own words; the others go on", async () => {
    const { folder, trials } = experiment("throws");
    const { finished, failed } = await run(folder, trials);
    expect(failed.map(({ reason }) => reason)).toEqual(["the loss is NaN at step 5", "the loss is NaN at step 5"]);
    expect(finished).toHaveLength(4);
  });

  test("a trial that lacks a file is not finished", async () => {
    const { folder, trials } = experiment("forgets");
    const { failed } = await run(folder, trials.slice(0, 1));
    expect(failed[0]?.reason).toMatch(/^the trial left no history\.jsonl in /);
    expect(existsSync(trialFolder(folder, trials[0]?.id as string))).toBe(false);
  });

  test("an abort stops the children at once, in the middle of a step too", async () => {
    const { folder, trials, trained } = experiment("hangs");
    const abort = new AbortController();
    const outcome = await run(folder, trials, {
      signal: abort.signal,
      onEvent: ({ type }) => {
        if (type === "progress") abort.abort();
      },
    });
    expect(outcome).toEqual(nothing);
    for (const line of trained()) expect(isGone(Number(line.split(" ")[2]))).toBe(true);
    await sweep(folder, 1_000);
    expect(temporary(folder)).toEqual([]);
  });

  test.each(["waits", "hangs"])(
    "children of a killed parent end by themselves, whatever they do: one that %s",
    async (model) => {
      const { folder, trials, trained } = experiment(model);
      const order = JSON.stringify({ experiment: folder, trials, trainer: null, jobs: 2, worker: worker.href });
      const parent = fork(fileURLToPath(parentModule), [order]);
      await once(parent, "message");
      parent.kill("SIGKILL");
      await once(parent, "exit");
      expect(trained().length).toBeGreaterThan(0);
      // Fails by the test's time limit when one stays.
      while (!trained().every((line) => isGone(Number(line.split(" ")[2])))) await delay(5);
      await sweep(folder, 0);
      expect(temporary(folder)).toEqual([]);
    },
  );

  test("images are made on one model and attacks carried out on another, each after what it needs", async () => {
    const { folder } = experiment();
    const ingredients = { dataHash: "data", codeVersion: "code", attackCodeVersion: "attacks" };
    const options = { ...adversarialDefaults, model: "works" };
    const { train, craft, attack } = planAdversarialTrials(options, ingredients);
    for (const phase of [train, craft, attack]) {
      expect(await run(folder, phase)).toMatchObject({ finished: phase, failed: [] });
    }
    expect(attack.map(({ id }) => readFileSync(join(trialFolder(folder, id), "attacks.json"), "utf8"))).toEqual(
      [1, 2].flatMap((seed) =>
        [0, 0.1, 0, 0.1].map(
          (epsilon) =>
            `predictions.npz of seed ${seed}, ε = ${epsilon} under images made on predictions.npz of seed ${3 - seed}, ε = 0`,
        ),
      ),
    );
    const [orphan] = planAdversarialTrials({ ...options, seeds: 1, attackSize: 7 }, ingredients).craft;
    const { failed } = await run(folder, [{ ...orphan, config: { ...orphan.config, source: "0123456789abcdef" } }]);
    expect(failed[0]?.reason).toMatch(/^ENOENT: no such file or directory/);
  });

  test("a trial is stopped when someone says so after an epoch, and its checkpoint is kept", async () => {
    const { folder, trials } = experiment("measures");
    const events: TrialEvent[] = [];
    const asked: string[] = [];
    const outcome = await run(folder, trials, {
      onEvent: (event) => events.push(event),
      shouldStop: ({ config }, { epoch, validationNll }) => {
        asked.push(`seed ${config.seed}: ${validationNll} after ${epoch}`);
        return epoch === 2 && validationNll === 0.1;
      },
    });
    const smoothed = trials.filter((_, i) => i % 2 === 1);
    expect(outcome).toEqual({ ...nothing, finished: trials.filter((_, i) => i % 2 === 0), stopped: smoothed });
    expect(events.flatMap(({ type, trial }) => (type === "stopped" ? [trial.id] : [])).sort()).toEqual(
      smoothed.map(({ id }) => id).sort(),
    );
    expect(asked.sort()).toEqual(
      [1, 2, 3].flatMap((seed) => [
        ...[1, 2, 3, 4].map((epoch) => `seed ${seed}: 0 after ${epoch}`),
        ...[1, 2].map((epoch) => `seed ${seed}: 0.1 after ${epoch}`),
      ]),
    );
    expect(temporary(folder)).toEqual([]);
    for (const { id } of smoothed) {
      expect(trialFolder(folder, id)).not.toSatisfy(existsSync);
      expect(readdirSync(`${trialFolder(folder, id)}.unfinished`)).toEqual(["checkpoint.npz"]);
    }
  });

  test("a trial under way says where it runs and how far it is, and a finished one says who finished it", async () => {
    const { folder, trials } = experiment("waits");
    const abort = new AbortController();
    let found: ProgressFile | null = null;
    await run(folder, trials.slice(0, 1), {
      signal: abort.signal,
      onEvent: ({ type }) => {
        if (type !== "progress") return;
        found = readProgressFile(join(folder, "trials", temporary(folder)[0] as string));
        abort.abort();
      },
    });
    expect(found).toEqual({
      host: hostname(),
      pid: expect.any(Number),
      startedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT.*Z$/),
      step: 0,
      totalSteps: 1,
      epoch: null,
      tellsEvery: 10,
    });
    const works = experiment();
    await run(works.folder, works.trials.slice(0, 1));
    const record = readFinishedTrial(works.folder, works.trials[0]?.id as string);
    expect(record?.machine).toBe(hostname());
    expect(Object.keys(record?.files ?? {})).toEqual(["history.jsonl", "penultimate.npz", "predictions.npz"]);
  });

  test("a trial whose file was damaged afterwards is trained again, and it is said", async () => {
    const { folder, trials, trained } = experiment();
    await run(folder, trials);
    const damaged = trials[3] as Trial;
    truncateSync(join(trialFolder(folder, damaged.id), "predictions.npz"), 3);
    expect(readFinishedTrial(folder, damaged.id)).toBeNull();
    const events: TrialEvent[] = [];
    const { finished, reused } = await run(folder, trials, { onEvent: (event) => events.push(event) });
    expect(finished).toEqual([damaged]);
    expect(reused).toHaveLength(5);
    expect(events.filter(({ type }) => type === "damaged")).toEqual([{ type: "damaged", trial: damaged }]);
    expect(trained()).toHaveLength(7);
  });
});
