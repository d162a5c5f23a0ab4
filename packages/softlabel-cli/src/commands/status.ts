import { setTimeout as delay } from "node:timers/promises";
import { Command } from "commander";
import {
  type ExperimentStatus,
  experimentStatus,
  type TrialState,
  type TrialStatus,
} from "../experiment/queue/experiment-status.ts";
import { queueVariable } from "../experiment/queue/queue-variable.ts";
import { QueueUnreachableError } from "../experiment/queue/ready-in-time.ts";
import type { QueueServer } from "../experiment/queue/server-url.ts";
import type { UnderWay } from "../experiment/queue/under-way.ts";
import { createPaint, type Output, type Paint, printJson, RunFailure, UsageError } from "./console.ts";
import { interruptible } from "./interruptible.ts";
import { serverOf } from "./queue-options.ts";

const examples = `
Examples:
  softlabel status --out /shared/run       what is done, running, waiting, failed
  softlabel status --out /shared/run --queue redis://host
                                           and what the queue's server knows
  softlabel status --out /shared/run --watch
                                           again and again, until all has ended
  softlabel status --out /shared/run --json
                                           every trial for a program

The folder tells by itself; the server adds trials that a worker has just taken,
and failures while nobody waits for them.
`;

/** `softlabel status`: how far is an experiment? */
export function statusCommand(output: Output = process.stdout): Command {
  return new Command("status")
    .description("List the trials of an experiment that are done, running, waiting and failed.")
    .requiredOption("--out <folder>", "the experiment's folder")
    .option("--queue [url]", `ask its server too: redis://… or postgres://…, or the URL in ${queueVariable}`)
    .option("--watch", "tell again every 2 s, until all has ended")
    .option("--json", "print all as JSON on stdout and nothing else")
    .addHelpText("after", examples)
    .action(async ({ out, queue, watch = false, json = false }: StatusFlags) => {
      if (watch && json) throw new UsageError("--watch must come without --json, which prints one document");
      const server = queue === undefined ? null : serverOf(queue);
      await interruptible(async (signal) => {
        let status = await lookAtExperiment(out, server, signal);
        if (json) printJson(status, output);
        else output.write(inWords(status, createPaint(output)));
        while (watch && !hasEnded(status) && !signal.aborted) {
          await delay(everyMs, undefined, { signal }).catch(() => {});
          const before = inWords(status, createPaint(output));
          status = await lookAtExperiment(out, server, signal);
          const now = inWords(status, createPaint(output));
          if (now !== before) output.write(output.isTTY ? `\x1b[2J\x1b[H${now}` : `\n${now}`);
        }
      });
    });
}

interface StatusFlags {
  readonly out: string;
  readonly queue?: string | true;
  readonly watch?: boolean;
  readonly json?: boolean;
}

const everyMs = 2_000;

async function lookAtExperiment(
  folder: string,
  server: QueueServer | null,
  signal: AbortSignal,
): Promise<ExperimentStatus> {
  const status = experimentStatus(folder, server === null ? null : await askServer(folder, server, signal));
  if (status !== null) return status;
  throw new UsageError(`--out must be the folder of an experiment, got ${folder}, where none has begun`);
}

/** BullMQ and its drivers are loaded when there is a server to ask. */
async function askServer(
  folder: string,
  server: QueueServer,
  signal: AbortSignal,
): Promise<Parameters<typeof experimentStatus>[1]> {
  const { viewServer } = await import("../experiment/queue/server-view.ts");
  try {
    return await viewServer(folder, server, signal);
  } catch (error) {
    throw error instanceof QueueUnreachableError ? new RunFailure(error.message) : error;
  }
}

function hasEnded({ state, counts }: ExperimentStatus): boolean {
  return state === "ended" && counts.running === 0;
}

const colours: Readonly<Record<TrialState, Parameters<Paint>[0]>> = {
  done: "green",
  running: "cyan",
  waiting: "dim",
  failed: "red",
};

/** The sums, then a line for each trial that is running or failed. */
function inWords({ folder, counts, trials }: ExperimentStatus, paint: Paint): string {
  const { done, running, waiting, failed } = counts;
  const sums = `${folder}: ${done} of ${trials.length} trials done, ${running} running, ${waiting} waiting, ${failed} failed`;
  const lines = (["running", "failed"] as const).flatMap((state) =>
    trials
      .filter((trial) => trial.state === state)
      .map((trial) => `${paint(colours[state], state.padEnd(8))} ${trial.name}, seed ${trial.seed}${detailsOf(trial)}`),
  );
  return `${[sums, ...lines].join("\n")}\n`;
}

function detailsOf({ running, reason }: TrialStatus): string {
  if (reason !== undefined) return `: ${reason}`;
  return running === undefined ? "" : whereabouts(running);
}

/** ` on host (process 12) since 2026-11-24 14:03:12 UTC, epoch 2, 40 %`, as far as it is known. */
function whereabouts({ host, pid, startedAt, step, totalSteps, epoch, silentSeconds }: UnderWay): string {
  const parts = [
    host === null ? "" : ` on ${host}`,
    pid === null ? "" : ` (process ${pid})`,
    startedAt === null ? "" : ` since ${startedAt.slice(0, 19).replace("T", " ")} UTC`,
    epoch === null ? "" : `, epoch ${epoch}`,
    step === null || totalSteps === null ? "" : `, ${Math.floor((100 * step) / totalSteps)} %`,
    silentSeconds === null || silentSeconds < longSilence ? "" : `, silent for ${Math.round(silentSeconds)} s`,
  ];
  return parts.join("");
}

/** A living trial tells every 10 s. */
const longSilence = 30;
