/*
 * Runs the built command line (`npm test` builds it first), because what is tested is processes: they are killed with
 * SIGKILL at random moments, the same command is run again, and nothing of it may show in the results.
 */
import { randomUUID } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { randomStream } from "../../src/data/random.ts";
import { type CliOutcome, startCli } from "./support/cli.ts";
import { writeMnistRows } from "./support/mnist-rows.ts";
import { parentOf, processesWith } from "./support/processes.ts";
import { temporaryFolder } from "./support/worker.ts";

const kills = 20;
/** Change it to kill at other moments. */
const seed = 1;
const mark = ["SOFTLABEL_KILL_TEST", randomUUID()] as const;

type Victim = "parent" | "child" | "group";

describe.skipIf(process.platform !== "linux")("killing with SIGKILL at random moments [needs linux]", () => {
  let data: string;
  const start = (out: string) => startCli(argsOf(data, out), { [mark[0]]: mark[1] });

  beforeAll(() => {
    data = mkdtempSync(join(tmpdir(), "softlabel-digits-"));
    writeMnistRows(data, { train: 700, test: 300 });
    return () => rmSync(data, { recursive: true });
  });

  test(`${kills} times changes no byte of the results, trains nothing twice and leaves nothing behind`, async () => {
    const reference = temporaryFolder();
    const began = performance.now();
    expect(await start(reference).ended).toMatchObject({ code: 0 });
    const duration = performance.now() - began;

    const random = randomStream(seed, "kills");
    const counts = { parent: 0, child: 0, group: 0 };
    let checkpoints = 0;
    let killed = 0;
    while (killed < kills) {
      const folder = temporaryFolder();
      const finished = new Map<string, string>();
      for (;;) {
        const known = finished.size;
        const command = start(folder);
        const wanted = draw(random);
        const outcome = await Promise.race([command.ended, delay(random() * duration * 0.9, null)]);
        if (outcome === null && killed < kills) {
          counts[kill(command.process.pid as number, wanted, random)]++;
          killed++;
          checkpoints += checkpointsIn(folder);
          // Half of the time the next one comes while orphans may still be there.
          if (random() < 0.5) await noProcessLeft();
        }
        const { code, stderr } = outcome ?? (await command.ended);
        requireSameTrials(folder, finished);
        if (code === 0) {
          expect(runCard(folder).trialsReused).toBeGreaterThanOrEqual(known);
          break;
        }
        if (code !== null)
          expect({ code, stderr }).toEqual({
            code: 1,
            stderr: expect.stringMatching(/goes on from there|tries those again that failed/),
          });
      }
      await noProcessLeft();
      expect(withoutRun(folder)).toBe(withoutRun(reference));
      expect(leftovers(folder, finished)).toEqual([]);
    }
    const { parent, child, group } = counts;
    console.log(`killed ${parent} parents, ${child} children, ${group} groups; left ${checkpoints} trials half-done`);
    expect(Math.min(counts.parent, counts.child, counts.group)).toBeGreaterThan(0);
  }, 300_000);

  test("of three commands on one folder one trains, the others say who does", async () => {
    const folder = temporaryFolder();
    const commands = [start(folder), start(folder), start(folder)];
    const outcomes: CliOutcome[] = await Promise.all(commands.map(({ ended }) => ended));
    const trained = outcomes.filter(({ code }) => code === 0);
    expect(trained).toHaveLength(1);
    const pid = commands[outcomes.indexOf(trained[0])].process.pid;
    for (const { code, stderr } of outcomes) {
      if (code === 0) continue;
      expect(code).toBe(1);
      expect(stderr).toBe(
        `softlabel: process ${pid} is already working in ${folder}; wait for it, stop it, or choose another --out\n`,
      );
    }
  });
});

function argsOf(data: string, out: string): readonly string[] {
  const words = `compare --model mlp --seeds 2 --train-size 400 --validation-size 200 --epochs 4 --batch-size 64 --jobs 2`;
  return [...words.split(" "), "--data", data, "--out", out];
}

function draw(random: () => number): Victim {
  return (["parent", "child", "group"] as const)[Math.floor(random() * 3)];
}

/** @returns whom it hit: a command that has no child yet dies itself. */
function kill(parent: number, victim: Victim, random: () => number): Victim {
  const children = processesWith(...mark).filter((pid) => parentOf(pid) === parent);
  const hit = victim === "child" && children.length === 0 ? "parent" : victim;
  const pid = { parent, group: -parent, child: children[Math.floor(random() * children.length)] }[hit];
  process.kill(pid, "SIGKILL");
  return hit;
}

/** A trial once finished must stay the same folder with the same record, its training time included. */
function requireSameTrials(folder: string, finished: Map<string, string>): void {
  const trials = join(folder, "trials");
  if (!existsSync(trials)) return;
  for (const id of readdirSync(trials).filter((name) => /^[0-9a-f]{16}$/.test(name))) {
    const record = `${statSync(join(trials, id)).ino} ${readFileSync(join(trials, id, "trial.json"), "utf8")}`;
    expect(finished.get(id) ?? record).toBe(record);
    finished.set(id, record);
  }
  expect([...finished.keys()].filter((id) => !existsSync(join(trials, id)))).toEqual([]);
}

/** Trials under way that have an epoch behind them: the next command goes on from there. */
function checkpointsIn(folder: string): number {
  const trials = join(folder, "trials");
  if (!existsSync(trials)) return 0;
  // Looked up one by one: a child that has not noticed its parent's end yet may rename a folder meanwhile.
  return readdirSync(trials).filter((name) => existsSync(join(trials, name, "checkpoint.npz"))).length;
}

function runCard(folder: string): { readonly trialsReused: number } {
  return JSON.parse(readFileSync(join(folder, "results.json"), "utf8")).run;
}

function withoutRun(folder: string): string {
  const { run: _, ...rest } = JSON.parse(readFileSync(join(folder, "results.json"), "utf8"));
  return JSON.stringify(rest);
}

/** Everything but what a finished experiment is made of. */
function leftovers(folder: string, finished: ReadonlyMap<string, string>): readonly string[] {
  const expected = ["results.json", "report.html", "config.resolved.json", "plan.json", "plots", "data", "trials"];
  return [
    ...readdirSync(folder).filter((name) => !expected.includes(name)),
    ...readdirSync(join(folder, "trials")).filter((name) => !finished.has(name)),
    ...readdirSync(join(folder, "trials"), { recursive: true, encoding: "utf8" }).filter((name) =>
      /unfinished|checkpoint/.test(name),
    ),
  ];
}

async function noProcessLeft(): Promise<void> {
  const deadline = performance.now() + 20_000;
  while (processesWith(...mark).length > 0) {
    if (performance.now() > deadline) expect.fail(`processes ${processesWith(...mark)} outlived their parent`);
    await delay(20);
  }
}
