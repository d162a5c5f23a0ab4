import { execFile } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { randomStream } from "../../../../src/data/random.ts";
import { readQueueFile } from "../../../../src/experiment/queue/queue-file.ts";
import { processesWith } from "../../support/processes.ts";
import { strike } from "./chaos-blows.ts";
import { endingOf, endsWithin, hasEnded, type Player, startSubmitter, startWorker } from "./chaos-cast.ts";
import { type Blow, drawDeck, type FatalMoment, type Fate, type PlannedBlow } from "./chaos-deck.ts";
import { chaosTrials } from "./chaos-experiment.ts";
import { living, openScene, type Scene } from "./chaos-scene.ts";
import { faultsOf, repeatedTrials, withoutRun } from "./chaos-witness.ts";
import { signalProcess } from "./process-table.ts";
import { type ServerKind, secretsOf, startServer } from "./start-server.ts";

/** What one experiment under chaos came to. */
export interface ChaosReport {
  readonly server: ServerKind;
  /** The server's. */
  readonly version: string;
  readonly seed: number;
  /** When Redis forced its log to the disk; `null` for PostgreSQL. */
  readonly appendfsync: "always" | "everysec" | null;
  readonly trials: number;
  /** How often each thing happened. */
  readonly counts: Readonly<Record<Blow | FatalMoment, number>>;
  /** Trials that more than one process began. */
  readonly begunAgain: number;
  /** Trials that more than one process carried out to the end. */
  readonly trainedAgain: number;
  /** From the first process's start to the last one's end. */
  readonly seconds: number;
  /** What must not happen and did. */
  readonly problems: readonly string[];
}

export interface ChaosOptions {
  /** Where the built `fake-…` modules lie. */
  readonly programs: URL;
  readonly server: ServerKind;
  /** Decides what happens after which trial; the moment within it is the machine's. */
  readonly seed: number;
  /** `results.json` of the same experiment left alone, without its `run`. */
  readonly undisturbed: string;
  /** After so long the experiment has failed. */
  readonly limitMs: number;
  /** Told of everything that happens. */
  readonly onLine?: ((line: string) => void) | undefined;
}

const workers = 4;
/** Short, so that a stopped worker loses its trial soon. */
const lockMs = 800;
const lookMs = 10;
/** How long a process may take to end that is asked to. */
const patienceMs = 30_000;

/**
 * Runs an experiment with four workers on a server of its own, and kills, stops and starts its processes and the server
 * until every blow of the deck has fallen.
 */
export async function runChaos(options: ChaosOptions): Promise<ChaosReport> {
  const random = randomStream(options.seed, "chaos");
  const appendfsync = random() < 0.5 ? "always" : "everysec";
  const folder = mkdtempSync(join(tmpdir(), "softlabel-chaos-"));
  const server = await startServer(options.server, { appendfsync });
  const out = join(folder, "out");
  mkdirSync(out);
  const mark = ["SOFTLABEL_CHAOS", randomUUID()] as const;
  const stage = { programs: options.programs, out, trials: chaosTrials.length, url: server.url, lockMs, mark };
  const scene = openScene({ stage, server, random }, options);
  const began = performance.now();
  try {
    await play(scene);
    await fallCurtain(scene);
    return {
      server: options.server,
      version: server.version,
      seed: options.seed,
      appendfsync: options.server === "redis" ? appendfsync : null,
      trials: chaosTrials.length,
      counts: scene.counts,
      ...repeatedTrials(out),
      seconds: (performance.now() - began) / 1000,
      problems: [...scene.problems, ...scene.witness.problems, ...faultsOf(out, options.undisturbed)],
    };
  } finally {
    for (const pid of processesWith(...mark)) signalProcess(pid, "SIGKILL");
    await server.stop();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** The experiment left alone, without a server. @returns its `results.json` without `run`. */
export async function runUndisturbed(programs: URL, out: string): Promise<string> {
  const program = fileURLToPath(new URL("fake-submitter.mjs", programs));
  const { SOFTLABEL_QUEUE: _, ...env } = process.env;
  await promisify(execFile)(process.execPath, [program, out, `${chaosTrials.length}`], { env });
  const results = withoutRun(out);
  if (results === null) throw new Error(`the experiment that was left alone has no results in ${out}`);
  return results;
}

/** From the first process to the moment when every blow has fallen and no submitter waits any more. */
async function play(scene: Scene): Promise<void> {
  const { fates, blows } = drawDeck(scene.random, chaosTrials.length);
  scene.players.push(startSubmitter(scene.stage));
  // A worker is told where an experiment is, not to make one.
  while (scene.inTime() && readQueueFile(scene.stage.out) === null) await delay(lookMs);
  for (let i = 0; i < workers; i++) scene.players.push(startWorker(scene.stage, fates.shift() ?? null));
  let falling = true;
  const fallen = letFall(blows, scene).finally(() => {
    falling = false;
  });
  while (scene.inTime() && (falling || living(scene, "submitter").length > 0)) {
    await delay(lookMs);
    scene.witness.look();
    for (const player of scene.players) if (hasEnded(player) && !player.mourned) replace(player, fates, scene);
  }
  await fallen;
  if (!scene.inTime()) scene.problems.push(`not finished in time, with ${scene.witness.look()} results`);
}

async function letFall(blows: readonly PlannedBlow[], scene: Scene): Promise<void> {
  const later: Promise<void>[] = [];
  for (const { blow, finished, afterMs } of blows) {
    while (scene.inTime() && scene.witness.look() < finished) await delay(lookMs);
    if (!scene.inTime()) break;
    await delay(afterMs);
    later.push((await strike(blow, scene)).later);
  }
  await Promise.all(later);
}

/** Puts another in the place of one that has died. */
function replace(player: Player, fates: Fate[], scene: Scene): void {
  const { role, fate, struck } = player;
  const { exitCode, signalCode } = player.process;
  player.mourned = true;
  if (role === "submitter" && exitCode === 0) {
    scene.note("a submitter has judged");
    return;
  }
  if (signalCode !== "SIGKILL") {
    scene.problems.push(`a ${role} ended with ${endingOf(player)}: ${player.output().trim()}`);
    return;
  }
  if (!struck && fate !== null) scene.count(fate.moment);
  // What it was not to live to see is another's.
  if (struck && fate !== null) fates.push(fate);
  scene.players.push(role === "worker" ? startWorker(scene.stage, fates.shift() ?? null) : startSubmitter(scene.stage));
}

/** Ends what still runs, and looks for what should not. */
async function fallCurtain(scene: Scene): Promise<void> {
  const { stage, server, players, problems } = scene;
  for (const player of players) signalProcess(player.pid, "SIGTERM");
  for (const player of players) {
    if (await endsWithin(player, patienceMs)) continue;
    problems.push(`a ${player.role} did not end when it was asked to: ${player.output().trim()}`);
    signalProcess(player.pid, "SIGKILL");
  }
  for (let waited = 0; processesWith(...stage.mark).length > 0; waited += lookMs) {
    if (waited >= patienceMs) {
      problems.push(`processes ${processesWith(...stage.mark)} outlived the experiment`);
      break;
    }
    await delay(lookMs);
  }
  // Once more, with nothing to do: it sweeps what the killed left, and changes nothing.
  const last = startSubmitter(stage);
  players.push(last);
  if (!(await endsWithin(last, patienceMs)) || last.process.exitCode !== 0) {
    problems.push(`the same command once more ended with ${endingOf(last)}: ${last.output().trim()}`);
  }
  const said = players.map((player) => player.output()).join("\n");
  if (secretsOf(server).some((secret) => said.includes(secret))) problems.push("a process wrote the password");
}
