import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import type { Fate } from "./chaos-deck.ts";

/** A process of the experiment's: a worker or a submitter. */
export interface Player {
  readonly role: "worker" | "submitter";
  readonly pid: number;
  readonly process: ChildProcess;
  /** What it will die of by its own hand. */
  readonly fate: Fate | null;
  /** Everything that it wrote so far. */
  readonly output: () => string;
  /** Whether it was killed, stopped or asked to end from outside. */
  struck: boolean;
  /** Whether its end has been dealt with. */
  mourned: boolean;
}

export interface Stage {
  /** Where the built `fake-…` modules lie. */
  readonly programs: URL;
  /** The experiment's folder. */
  readonly out: string;
  /** How many trials it has. */
  readonly trials: number;
  readonly url: string;
  readonly lockMs: number;
  /** A variable of every process's environment, by which those that outlive the experiment are found. */
  readonly mark: readonly [name: string, value: string];
}

/** What a worker of the chaos is told. */
export interface WorkerOrder extends Pick<Stage, "out" | "lockMs"> {
  readonly fate: Fate | null;
}

export function startWorker(stage: Stage, fate: Fate | null): Player {
  const { out, lockMs } = stage;
  const order: WorkerOrder = { out, lockMs, fate };
  return start(stage, "worker", fate, ["fake-queue-worker.mjs", JSON.stringify(order)]);
}

export function startSubmitter(stage: Stage): Player {
  return start(stage, "submitter", null, ["fake-submitter.mjs", stage.out, `${stage.trials}`]);
}

export function hasEnded({ process: child }: Player): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}

/** How it ended, for people. */
export function endingOf({ process: child }: Player): string {
  return child.signalCode === null ? `exit code ${child.exitCode}` : `${child.signalCode}`;
}

/** Ends when it has ended; `false` when it has not within so long. */
export async function endsWithin(player: Player, milliseconds: number): Promise<boolean> {
  if (hasEnded(player)) return true;
  const patience = AbortSignal.timeout(milliseconds);
  return once(player.process, "exit", { signal: patience }).then(
    () => true,
    () => false,
  );
}

function start(stage: Stage, role: Player["role"], fate: Fate | null, [program, ...words]: readonly string[]): Player {
  const child = spawn(process.execPath, [fileURLToPath(new URL(program, stage.programs)), ...words], {
    env: { ...process.env, [stage.mark[0]]: stage.mark[1], SOFTLABEL_QUEUE: stage.url },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      output += chunk;
    });
  }
  return {
    role,
    pid: child.pid as number,
    process: child,
    fate,
    output: () => output,
    struck: false,
    mourned: false,
  };
}
