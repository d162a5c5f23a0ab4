import { availableParallelism } from "node:os";
import { Command } from "commander";
import { DisagreementError } from "../experiment/queue/agree.ts";
import { awaitExperiment } from "../experiment/queue/await-experiment.ts";
import { workOn, workTimes } from "../experiment/queue/bull-worker.ts";
import { ownIngredients } from "../experiment/queue/own-ingredients.ts";
import type { QueueFile } from "../experiment/queue/queue-file.ts";
import { queueVariable } from "../experiment/queue/queue-variable.ts";
import { QueueUnreachableError } from "../experiment/queue/ready-in-time.ts";
import { openTrainer } from "../experiment/trainers/open-trainer.ts";
import type { Trainer } from "../experiment/trainers/trainer.ts";
import type { Trial } from "../experiment/trials.ts";
import { type Output, RunFailure, UsageError } from "./console.ts";
import { interruptible } from "./interruptible.ts";
import { parseNumber } from "./parse-options.ts";
import { serverOf } from "./queue-options.ts";
import { requireFolderPlace } from "./require-place.ts";
import { count } from "./training-options.ts";
import { trialProcess } from "./trial-process.ts";
import { tellWork } from "./worker-log.ts";

const examples = `
Examples:
  softlabel worker --queue redis://host --out /shared/run
                                           take trials until stopped
  ${queueVariable}=rediss://:password@host softlabel worker --out /shared/run
                                           no password on the command line
  softlabel worker --out /shared/run --jobs 4 --until-idle
                                           four at a time, end when all is done
  softlabel worker --out /shared/run --trainer "python train.py --out {out}"
                                           trials of one's own training code
  softlabel worker --out /shared/run --data /local/fashion
                                           this machine's copy of the data

--out is the folder that compare was given, shared by all machines: results lie
there, and the queue only says who does what. Data, code and trainer must be
those of the experiment; no code comes through the queue. The first Ctrl-C gives
trials that are under way back and ends, the second ends at once.
`;

/** `softlabel worker`: carries out trials of an experiment that is shared by a server. */
export function workerCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  return new Command("worker")
    .description("Take trials of a shared experiment and carry each out in a process of its own.")
    .option("--queue [url]", `redis://… or postgres://… (default: the URL in ${queueVariable})`)
    .requiredOption("--out <folder>", "the experiment's folder, which all machines see")
    .option(
      "--jobs <n>",
      `trials at the same time (default: as many as cores, ${availableParallelism()})`,
      parseNumber("jobs", count),
    )
    .option("--data <path>", "where the data lies on this machine (default: where the experiment says)")
    .option("--trainer <command>", "the experiment's trainer: a command with placeholders, or a module")
    .option("--shell", "have a shell read the trainer's command")
    .option("--trainer-files <list>", "other files that decide what the trainer does", (typed) => typed.split(","))
    .option("--until-idle", "end when nothing is left to do")
    .option(
      "--wait <seconds>",
      `for the folder and the server to be there (default: ${workTimes.patienceMs / 1000})`,
      parseNumber("wait", { atLeast: 0 }),
    )
    .option("--json", "log lines of JSON on stdout")
    .addHelpText("after", examples)
    .action(async (flags: WorkerFlags) => {
      const server = serverOf(flags.queue);
      const patienceMs = 1000 * (flags.wait ?? workTimes.patienceMs / 1000);
      const log = tellWork({ json: flags.json === true, output, notes });
      await interruptible(async (signal) => {
        const file = await requireExperiment(flags.out, patienceMs, signal, notes);
        if (file === null) return;
        requireFolderPlace(flags.out);
        const trainer = trainerOf(flags);
        const data = flags.data ?? file.data;
        const own = ownIngredients(Object.keys(file.ingredients) as Trial["kind"][], { data, trainer });
        const { out, jobs = availableParallelism(), untilIdle = false } = flags;
        log.begin(out, jobs, server.shown);
        try {
          await workOn({
            server,
            experiment: out,
            jobs,
            child: trialProcess,
            trainer,
            data: flags.data,
            own,
            untilIdle,
            signal,
            onNews: log.tell,
            times: { patienceMs },
          });
        } catch (error) {
          const isFailure = error instanceof QueueUnreachableError || error instanceof DisagreementError;
          throw isFailure ? new RunFailure(error.message) : error;
        }
        log.end();
      });
      leaveSoon();
    });
}

interface WorkerFlags {
  readonly queue?: string | true;
  readonly out: string;
  readonly jobs?: number;
  readonly data?: string;
  readonly trainer?: string;
  readonly shell?: boolean;
  readonly trainerFiles?: readonly string[];
  readonly untilIdle?: boolean;
  readonly wait?: number;
  readonly json?: boolean;
}

/** @returns `null` when the wait was interrupted. @throws {@link RunFailure} when there is none in time. */
async function requireExperiment(
  folder: string,
  patienceMs: number,
  signal: AbortSignal,
  notes: Output,
): Promise<QueueFile | null> {
  const said = (missing: "folder" | "experiment"): string =>
    missing === "folder"
      ? `${folder} does not exist here: is the folder that compare was given mounted on this machine?`
      : `${folder} does not hold an experiment yet: is it the folder that compare was given, mounted here?`;
  let last = "";
  const onWait = (missing: "folder" | "experiment"): void => {
    last = said(missing);
    notes.write(`${last} Waiting up to ${patienceMs / 1000} s\n`);
  };
  const file = await awaitExperiment(folder, { patienceMs, signal, onWait });
  if (file === null && !signal.aborted) throw new RunFailure(last);
  return file;
}

function trainerOf({ trainer, shell = false, trainerFiles = [] }: WorkerFlags): Trainer | null {
  if (trainer !== undefined)
    return openTrainer({ typed: trainer, shell, files: trainerFiles, parameters: namesIn(trainer) });
  if (shell || trainerFiles.length > 0) throw new UsageError("--shell and --trainer-files must come with --trainer");
  return null;
}

/** Ends the process where BullMQ still waits for a server that is gone: what was under way is given back or void. */
function leaveSoon(): void {
  setTimeout(() => process.exit(), 1_000).unref();
}

/** Every name in braces: which there may be was checked where the experiment began, and the trainer must be the same. */
function namesIn(typed: string): readonly string[] {
  return [...typed.matchAll(/\{([^{}]+)\}/g)].map(([, name]) => name);
}
