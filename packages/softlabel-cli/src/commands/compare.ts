import { join } from "node:path";
import { Command } from "commander";
import { FolderLockedError } from "../experiment/folder-lock.ts";
import { type CompareOptions, compareDefaults, mostSeeds } from "../experiment/options.ts";
import { conventions, optimizers, type WrittenOptions } from "../experiment/options-schema.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import type { Results } from "../experiment/results.ts";
import { resultsText, runExperiment, StoppedError, TrialsMissingError } from "../experiment/run-experiment.ts";
import type { TrialEvent } from "../experiment/run-trials.ts";
import { models } from "../models/models.ts";
import { terminalSummary } from "../report/terminal.ts";
import { createPaint, type Output, RunFailure } from "./console.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";
import { createProgress } from "./progress.ts";
import { createTally, describeTrial } from "./trial-tally.ts";

const examples = `
Examples:
  softlabel compare                                          does smoothing help a small net on MNIST?
  softlabel compare --epsilon 0,0.05,0.1,0.2 --seeds 10      which ε helps most, over ten seeds
  softlabel compare --data fashion/ --model mlp              another data set, another model
  softlabel compare --label-noise 0.2                        does it help when labels are wrong?
  softlabel compare --config my.yaml --epochs 20 --open      options from a file; those typed here win
  softlabel compare --json > results.json                    the numbers for a program

The folder of --out keeps every finished trial under a name made from its configuration, its data and the code: the
same command goes on where it stopped, and one with more seeds or another list of ε trains only what is new. The
report and results.json are always those of the last command; trials of earlier ones stay until you delete them.
`;

const modelNames = Object.keys(models);
const count = { integer: true, atLeast: 1 } as const;
const share = { atLeast: 0, atMost: 1 } as const;

/** `softlabel compare`: does label smoothing help this classifier, and what does it cost? */
export function compareCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const d = compareDefaults;
  return new Command("compare")
    .description(
      "Train a classifier without and with label smoothing, with the same seeds, and say what smoothing changed:\n" +
        "accuracy, calibration, selective classification, and what temperature scaling gives instead.",
    )
    .option("--data <path>", "a folder of four IDX files or a Keras .npz (default: MNIST)")
    .option("--model <name>", `${modelNames.join(", ")} (default: ${d.model})`, parseChoice("model", modelNames))
    .option("--epsilon <list>", `ε of each arm; 0 is always in (default: ${d.epsilon})`, parseNumbers("epsilon", share))
    .option("--prior <prior>", `uniform, class-frequencies, a JSON file, or a list (default: ${d.prior})`, readPrior)
    .option(
      "--convention <name>",
      `how ε becomes q′: ${conventions.join(", ")} (default: ${d.convention})`,
      parseChoice("convention", conventions),
    )
    .option(
      "--seeds <n>",
      `how many seeds each ε is trained with (default: ${d.seeds})`,
      parseNumber("seeds", { ...count, atMost: mostSeeds }),
    )
    .option("--train-size <n>", `training images, or all (default: ${d.trainSize ?? "all"})`, readTrainSize)
    .option(
      "--validation-size <n>",
      `images held out to fit the temperature (default: ${d.validationSize})`,
      parseNumber("validation-size", count),
    )
    .option("--epochs <n>", `passes over the training images (default: ${d.epochs})`, parseNumber("epochs", count))
    .option("--batch-size <n>", `images per step (default: ${d.batchSize})`, parseNumber("batch-size", count))
    .option(
      "--learning-rate <rate>",
      `step size of the optimizer (default: ${d.learningRate})`,
      parseNumber("learning-rate", { above: 0 }),
    )
    .option(
      "--optimizer <name>",
      `${optimizers.join(", ")} (default: ${d.optimizer})`,
      parseChoice("optimizer", optimizers),
    )
    .option(
      "--label-noise <share>",
      `share of training labels redrawn at random (default: ${d.labelNoise})`,
      parseNumber("label-noise", share),
    )
    .option("--jobs <n>", `trials at the same time (default: as many as cores, ${d.jobs})`, parseNumber("jobs", count))
    .option("--out <folder>", `the experiment's folder (default: ${d.out})`)
    .option("--config <file>", "read these options from a JSON or YAML file")
    .option("--json", "print results.json on stdout and nothing else")
    .option("--open", "open the report when it is written")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => {
      const { config, json = false, open: shouldOpen = false, ...written } = flags;
      const options = resolveOptions({ flags: written, configFile: config, models: modelNames });
      const results = await compare(options, notes);
      const report = join(options.out, "report.html");
      if (json) output.write(resultsText(results));
      else printSummary(results, report, output);
      if (shouldOpen) await (await import("open")).default(report);
    });
}

interface Flags extends WrittenOptions {
  readonly config?: string;
  readonly json?: boolean;
  readonly open?: boolean;
}

function readPrior(typed: string): string | number[] {
  return /^[\d.e+-]+(,[\d.e+-]+)+$/i.test(typed) ? parseNumbers("prior", share)(typed) : typed;
}

function readTrainSize(typed: string): number | "all" {
  return typed === "all" ? typed : parseNumber("train-size", count)(typed);
}

/** Runs the experiment under a progress bar; Ctrl-C stops it in order. */
async function compare(options: CompareOptions, notes: Output): Promise<Results> {
  const progress = createProgress(notes, { label: "compare" });
  const tally = createTally(options);
  const onEvent = (event: TrialEvent): void => {
    if (event.type === "damaged") progress.note(`${describeTrial(event.trial)} was damaged and trains again`);
    if (event.type === "failed") progress.note(`${describeTrial(event.trial)} failed: ${event.reason}`);
    tally.count(event);
    // What was found finished is no progress, and no speed.
    if (event.type === "reused") return;
    progress.update(tally.done(), tally.total(), tally.text());
  };
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // Once: whoever presses Ctrl-C twice means it, and loses nothing but the trials under way.
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    const results = await runExperiment(options, {
      worker: new URL("../experiment/trial-worker.js", import.meta.url),
      signal: stop.signal,
      onPlan: tally.plan,
      onEvent,
      // Loaded when it is needed: what draws is slow to load, and an experiment that is stopped draws nothing.
      writeReport: async (results, folder) => (await import("../report/write-report.ts")).writeReport(results, folder),
    });
    const allReused = results.run.trialsReused === tally.trials();
    if (allReused) progress.note("nothing to train: every trial was finished before");
    return results;
  } catch (error) {
    progress.stop();
    if (error instanceof StoppedError || error instanceof TrialsMissingError || error instanceof FolderLockedError) {
      throw new RunFailure(error.message);
    }
    throw error;
  } finally {
    progress.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function printSummary(results: Results, report: string, output: Output): void {
  const paint = createPaint(output);
  const color = paint("bold", "") !== "";
  const [first, ...others] = results.verdict;
  // Not wrapped: the terminal does it, and a command in a sentence can be copied whole.
  output.write(`\n${[paint("bold", first), ...others].join("\n\n")}\n`);
  output.write(`\n${terminalSummary(results, { color })}\n\nReport: ${report}\n`);
}
