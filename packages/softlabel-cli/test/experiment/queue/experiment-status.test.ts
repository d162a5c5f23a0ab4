import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processIdentity } from "../../../src/experiment/process-identity.ts";
import { experimentStatus, type ServerView } from "../../../src/experiment/queue/experiment-status.ts";
import { noteFailures } from "../../../src/experiment/queue/failure-notes.ts";
import { writePlanFile } from "../../../src/experiment/queue/plan-file.ts";
import { trialFolder } from "../../../src/experiment/trial-store.ts";
import { temporaryFolder } from "../support/worker.ts";
import { fakeTrials } from "./support/fake-experiment.ts";

const trials = fakeTrials(3);
const [done, running, dead, foreign, failed, waiting] = trials;
const deadPid = 2 ** 22 + 1; // Linux gives no process a number above 2²²

/** An experiment with a trial in every state. */
function folderOfAll(): string {
  const folder = temporaryFolder();
  writePlanFile(folder, "running", trials);
  mkdirSync(trialFolder(folder, done.id), { recursive: true });
  const own = processIdentity();
  const place = (name: string, progress: object | null): void => {
    mkdirSync(join(folder, "trials", name));
    if (progress !== null) writeFileSync(join(folder, "trials", name, "progress.json"), JSON.stringify(progress));
  };
  const told = { startedAt: "2026-11-24T14:03:12.000Z", step: 40, totalSteps: 100, epoch: 2 };
  place(`.${running.id}.${own.pid}-${own.started}`, { host: hostname(), pid: own.pid, ...told });
  place(`.${dead.id}.${deadPid}-1`, null);
  place(`.${foreign.id}.${deadPid}-1-0a1b2c3d`, { host: "another", pid: deadPid, ...told, epoch: null });
  noteFailures(folder, { type: "failed", trial: failed, reason: "the loss is NaN" });
  return folder;
}

const statesOf = (folder: string, server: ServerView | null = null): readonly string[] | undefined =>
  experimentStatus(folder, server)?.trials.map(({ state }) => state);

describe("experimentStatus", () => {
  it("tells of each trial what the folder tells", () => {
    const status = experimentStatus(folderOfAll(), null);
    expect(status?.trials.map(({ state }) => state)).toEqual([
      "done",
      "running",
      "waiting",
      "running",
      "failed",
      "waiting",
    ]);
    expect(status?.counts).toEqual({ done: 1, running: 2, waiting: 2, failed: 1 });
    expect(status?.trials[1]).toMatchObject({
      name: "ε = 0.1",
      seed: 1,
      running: { host: hostname(), pid: process.pid, startedAt: "2026-11-24T14:03:12.000Z", step: 40, epoch: 2 },
    });
    expect(status?.trials[3].running).toMatchObject({ host: "another", epoch: null });
    expect(status?.trials[4].reason).toBe("the loss is NaN");
  });

  it("adds what the server knows: who has just taken a trial, and what failed", () => {
    const job = (trial: (typeof trials)[number], more: object): never => ({ id: `t${trial.id}`, ...more }) as never;
    const server: ServerView = {
      active: [job(waiting, { processedBy: "gpu-7:4711", processedOn: Date.UTC(2026, 10, 24, 14) })],
      failed: [job(dead, { failedReason: "its process was killed by SIGKILL" })],
    };
    const folder = folderOfAll();
    expect(statesOf(folder, server)).toEqual(["done", "running", "failed", "running", "failed", "running"]);
    const status = experimentStatus(folder, server);
    expect(status?.trials[5].running).toMatchObject({
      host: "gpu-7",
      pid: 4711,
      startedAt: "2026-11-24T14:00:00.000Z",
      step: null,
    });
    expect(status?.trials[2].reason).toBe("its process was killed by SIGKILL");
  });

  it("forgets a failure when the trial is begun again", () => {
    const folder = folderOfAll();
    noteFailures(folder, { type: "started", trial: failed });
    expect(statesOf(folder)?.[4]).toBe("waiting");
    expect(existsSync(join(folder, "failed"))).toBe(false);
  });

  it("is null where no experiment has begun", () => {
    expect(experimentStatus(temporaryFolder(), null)).toBeNull();
  });
});

describe("writePlanFile", () => {
  it("names every trial by what it is", () => {
    const folder = temporaryFolder();
    writePlanFile(folder, "ended", trials.slice(0, 1));
    expect(JSON.parse(readFileSync(join(folder, "plan.json"), "utf8"))).toEqual({
      schema: "softlabel.plan/1",
      state: "ended",
      trials: [{ id: done.id, kind: "train", name: "ε = 0", seed: 1 }],
    });
  });
});
