import { fork } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { adversarialDefaults } from "../../src/experiment/adversarial/options.ts";
import { planAdversarialTrials } from "../../src/experiment/adversarial/plan-trials.ts";
import { compareDefaults } from "../../src/experiment/options.ts";
import { runTrials, type TrialEvent, type TrialsOutcome } from "../../src/experiment/run-trials.ts";
import { readFinishedTrial, sweep, trialFolder } from "../../src/experiment/trial-store.ts";
import { planTrials, type Trial } from "../../src/experiment/trials.ts";
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
  { jobs = 2, signal, onEvent }: { jobs?: number; signal?: AbortSignal; onEvent?: (event: TrialEvent) => void } = {},
): Promise<TrialsOutcome> {
  await sweep(folder, 5_000);
  return runTrials({ experiment: folder, trials, jobs, worker, signal, onEvent });
}

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

    expect(await run(folder, trials)).toEqual({ reused: trials, finished: [], failed: [] });
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
    expect(outcome).toEqual({ reused: [], finished: [], failed: [] });
    for (const line of trained()) expect(isGone(Number(line.split(" ")[2]))).toBe(true);
    await sweep(folder, 1_000);
    expect(temporary(folder)).toEqual([]);
  });

  test.each(["waits", "hangs"])(
    "children of a killed parent end by themselves, whatever they do: one that %s",
    async (model) => {
      const { folder, trials, trained } = experiment(model);
      const order = JSON.stringify({ experiment: folder, trials, jobs: 2, worker: worker.href });
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
