import { type ChildProcess, fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { sweep } from "../../../src/experiment/sweep.ts";
import { processRecordName } from "../../../src/experiment/trainers/process-group.ts";
import { parentOf, processesWith } from "../support/processes.ts";
import { buildModule, temporaryFolder } from "../support/worker.ts";
import { externalTrialOf, shellOf } from "./support/external.ts";

const worker = buildModule("fake-worker");
const parentModule = buildModule("fake-parent");

interface Family {
  readonly parent: ChildProcess;
  readonly children: readonly number[];
  readonly trainers: readonly number[];
  /** All of them that live, and what they started. */
  readonly living: () => readonly number[];
  readonly folder: string;
}

/** A command line's process with two children, each watching over a trainer that started another process and sleeps. */
async function family(): Promise<Family> {
  const folder = temporaryFolder();
  const mark = ["SOFTLABEL_ORPHAN_TEST", randomUUID()] as const;
  const trainer = shellOf(
    `cd "$SOFTLABEL_DIR"; trap 'echo saved > checkpoint; exit 1' TERM; sleep 1000 & echo '{"step": 1, "total_steps": 2}'; wait`,
  );
  const trials = [1, 2].map((seed) => externalTrialOf(trainer, { seed }));
  const order = { experiment: folder, trials, trainer, jobs: 2, worker: worker.href };
  const parent = fork(fileURLToPath(parentModule), [JSON.stringify(order)], {
    env: { ...process.env, [mark[0]]: mark[1] },
  });
  await once(parent, "message");
  const living = (): readonly number[] => processesWith(...mark);
  const trainers = readdirSync(join(folder, "trials")).map(
    (name) => JSON.parse(readFileSync(join(folder, "trials", name, processRecordName), "utf8")).pid as number,
  );
  const children = trainers.map(parentOf);
  expect(new Set(children).size).toBe(2);
  expect(children.map(parentOf)).toEqual([parent.pid, parent.pid]);
  return { parent, children, trainers, living, folder };
}

const kill = (...pids: readonly number[]): void => {
  for (const pid of pids) process.kill(pid, "SIGKILL");
};

/** Fails by the test's time limit when one stays. */
async function untilGone(living: () => readonly number[]): Promise<void> {
  while (living().length > 0) await delay(20);
}

describe.skipIf(process.platform !== "linux")("kill −9 leaves no trainer behind [needs linux]", () => {
  test.each<[string, (family: Family) => void]>([
    ["the command line", ({ parent }) => kill(parent.pid as number)],
    ["the processes that watch over trainers", ({ children }) => kill(...children)],
    [
      "the command line and one of these",
      ({ parent, children: [first] }) => kill(parent.pid as number, first as number),
    ],
    ["all but the trainers", ({ parent, children }) => kill(parent.pid as number, ...children)],
  ])("when it hits %s; what they left is gone on from", async (_, hit) => {
    const all = await family();
    // Two trainers, their shells' sleep, and two guards beside the three that are ours.
    expect(all.living().length).toBe(9);
    hit(all);
    await untilGone(all.living);
    await sweep(all.folder, 0);
    const left = readdirSync(join(all.folder, "trials"));
    expect(left).toEqual([expect.stringMatching(/^[0-9a-f]{16}\.unfinished$/), expect.stringMatching(/\.unfinished$/)]);
    for (const name of left) expect(existsSync(join(all.folder, "trials", name, "checkpoint"))).toBe(true);
  });

  test("when it hits the trainers alone, the command line says so and goes on", async () => {
    const { parent, trainers, living } = await family();
    kill(...trainers);
    const [code] = await once(parent, "exit");
    expect(code).toBe(0);
    await untilGone(living);
  });

  test("a polite end of the watching processes ends the trainers first", async () => {
    const { children, living, folder } = await family();
    for (const pid of children) process.kill(pid, "SIGTERM");
    await untilGone(living);
    const left = readdirSync(join(folder, "trials"));
    expect(left.map((name) => readdirSync(join(folder, "trials", name)).sort())).toEqual([
      ["checkpoint", "log.txt"],
      ["checkpoint", "log.txt"],
    ]);
  });
});
