import { join } from "node:path";
import { Command } from "commander";
import { FolderLockedError } from "../experiment/folder-lock.ts";
import { type CompareOptions, compareDefaults, mostSeeds } from "../experiment/options.ts";
import type { WrittenOptions } from "../experiment/options-schema.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import type { Results } from "../experiment/results.ts";
import { resultsText, runExperiment, StoppedError, TrialsMissingError } from "../experiment/run-experiment.ts";
import type { TrialEvent } from "../experiment/run-trials.ts";
import { terminalSummary } from "../report/terminal.ts";
import { createPaint, type Output, RunFailure } from "./console.ts";
import { interruptible } from "./interruptible.ts";
import { parseNumber, parseNumbers } from "./parse-options.ts";
import { createProgress } from "./progress.ts";
import { requireFolderPlace } from "./require-place.ts";
import { addModelOptions, addTrainingOptions, count, modelNames, share } from "./training-options.ts";
import { createTally, describeTrial } from "./trial-tally.ts";

const examples = `
Examples:
  softlabel compare                        does smoothing help a net on MNIST?
  softlabel compare --epsilon 0,0.05,0.1,0.2 --seeds 10
                                           which ε helps most, over ten seeds
  softlabel compare --data fashion/ --model mlp
                                           another data set, another model
  softlabel compare --label-noise 0.2      does it help when labels are wrong?
  softlabel compare --config my.yaml --epochs 20 --open
                                           options from a file; those typed win
  softlabel compare --json > results.json  the numbers for a program

The folder of --out keeps every finished trial under a name made from its
configuration, its data and the code: the same command goes on where it
stopped, and one with more seeds or another list of ε trains only what is new.
The report and results.json are always those of the last command; trials of
earlier ones stay until you delete them.
`;

/** `softlabel compare`: does label smoothing help this classifier, and what does it cost? */
export function compareCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const d = compareDefaults;
  const command = new Command("compare").description(
    "Train a classifier without and with label smoothing, with the same seeds, and say what smoothing changed: " +
      "accuracy, calibration, selective classification, and what temperature scaling gives instead.",
  );
  addModelOptions(command)
    .option("--epsilon <list>", `ε of each arm; 0 is always in (default: ${d.epsilon})`, parseNumbers("epsilon", share))
    .option(
      "--seeds <n>",
      `how many seeds each ε is trained with (default: ${d.seeds})`,
      parseNumber("seeds", { ...count, atMost: mostSeeds }),
    );
  return addTrainingOptions(command)
    .option("--jobs <n>", `trials at the same time (default: as many as cores, ${d.jobs})`, parseNumber("jobs", count))
    .option("--out <folder>", `the experiment's folder (default: ${d.out})`)
    .option("--config <file>", "read these options from a JSON or YAML file")
    .option("--json", "print results.json on stdout and nothing else")
    .option("--open", "open the report when it is written")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => {
      const { config, json = false, open: shouldOpen = false, ...written } = flags;
      const options = resolveOptions({ flags: written, configFile: config, models: modelNames });
      requireFolderPlace(options.out);
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
  try {
    const results = await interruptible((signal) =>
      runExperiment(options, {
        worker: new URL("../experiment/trial-worker.js", import.meta.url),
        signal,
        onPlan: tally.plan,
        onEvent,
        // Loaded when it is needed: what draws is slow to load, and an experiment that is stopped draws nothing.
        writeReport: async (results, folder) =>
          (await import("../report/write-report.ts")).writeReport(results, folder),
      }),
    );
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
  }
}

function printSummary(results: Results, report: string, output: Output): void {
  const paint = createPaint(output);
  const color = paint("bold", "") !== "";
  const [first, ...others] = results.verdict;
  // Not wrapped: the terminal does it, and a command in a sentence can be copied whole.
  output.write(`\n${[paint("bold", first), ...others].join("\n\n")}\n`);
  const table = terminalSummary(results, { color });
  output.write(`${table === "" ? "" : `\n${table}\n`}\nReport: ${report}\n`);
}
