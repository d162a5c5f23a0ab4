import type { Command } from "commander";
import { localQueue } from "../experiment/queue/local-queue.ts";
import { queueVariable } from "../experiment/queue/queue-variable.ts";
import { parseServerUrl, type QueueServer } from "../experiment/queue/server-url.ts";
import { parseShard, shardQueue } from "../experiment/queue/shard.ts";
import type { TrialQueue } from "../experiment/queue/trial-queue.ts";
import { type Output, UsageError } from "./console.ts";
import { trialProcess } from "./trial-process.ts";

/** Who carries out the trials, as typed. */
export interface QueueFlags {
  /** `true` for the URL of {@link queueVariable}. */
  readonly queue?: string | true | undefined;
  readonly shard?: string | undefined;
}

/** The options of every experiment whose trials others can carry out. */
export function addQueueOptions(command: Command): Command {
  return command
    .option("--queue [url]", `leave the trials to workers: redis://… or postgres://…, or the URL in ${queueVariable}`)
    .option("--shard <i/n>", "run this share of the trials alone, 1/8 to 8/8, or auto in an array of jobs");
}

/**
 * Whoever carries out the trials: workers, this process its share, or this process all.
 *
 * @throws {@link UsageError} or ArgumentError when what was typed cannot be.
 */
export async function queueOf({ queue, shard }: QueueFlags, jobs: number, notes: Output): Promise<TrialQueue> {
  if (queue !== undefined && shard !== undefined) {
    throw new UsageError("--shard must come without --queue: shares need no server, and workers take what there is");
  }
  const host = { worker: trialProcess, jobs };
  if (shard !== undefined) return shardQueue(parseShard(shard, process.env), host);
  if (queue === undefined) return localQueue(host);
  const server = serverOf(queue);
  const onTrouble = (what: string | null): void => {
    notes.write(
      what === null
        ? "the queue's server answers again\n"
        : `the queue's server does not answer, waiting for it: ${what}\n`,
    );
  };
  // Loaded when it is needed: BullMQ and its drivers are many files.
  return (await import("../experiment/queue/bull-queue.ts")).bullQueue({ server, onTrouble });
}

/**
 * The server that was named, by its URL or by {@link queueVariable}, which this process' children then do not get.
 *
 * @throws {@link UsageError} when neither names one.
 */
export function serverOf(typed: string | true | undefined): QueueServer {
  const named = process.env[queueVariable];
  delete process.env[queueVariable];
  if (typeof typed === "string") return parseServerUrl(typed);
  if (named !== undefined && named !== "") return parseServerUrl(named);
  throw new UsageError(`--queue must name a server, redis://… or postgres://…, where ${queueVariable} does not`);
}
