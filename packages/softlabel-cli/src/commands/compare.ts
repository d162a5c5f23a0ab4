import { Command } from "commander";
import { compareExperiment } from "../experiment/compare-experiment.ts";
import { compareDefaults, mostSeeds } from "../experiment/options.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import type { Results } from "../experiment/results.ts";
import { terminalSummary } from "../report/terminal.ts";
import type { Output } from "./console.ts";
import { parseNumber, parseNumbers } from "./parse-options.ts";
import { addQueueOptions, type QueueFlags, queueOf } from "./queue-options.ts";
import { type ExperimentFlags, tellExperiment } from "./tell-experiment.ts";
import {
  addExperimentOptions,
  addModelOptions,
  addTrainingOptions,
  count,
  modelNames,
  share,
} from "./training-options.ts";

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
  softlabel compare --queue redis://host --out /shared/run
                                           workers on other machines train
  softlabel compare --shard 3/8 --out /shared/run
                                           the third of eight shares, no server

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
  return addQueueOptions(addExperimentOptions(addTrainingOptions(command), d))
    .addHelpText("after", examples)
    .action(async (flags: ExperimentFlags & QueueFlags) => {
      const { config, json, open, queue, shard, ...written } = flags;
      const options = resolveOptions({ flags: written, configFile: config, models: modelNames });
      const experiment = {
        label: "compare",
        out: options.out,
        queue: await queueOf({ queue, shard }, options.jobs, notes),
        makePlan: () => compareExperiment(options),
        // Loaded when it is needed: what draws is slow to load, and an experiment that is stopped draws nothing.
        writeReport: async (results: Results, folder: string) =>
          (await import("../report/write-report.ts")).writeReport(results, folder),
        summary: terminalSummary,
      };
      await tellExperiment(experiment, { json, open }, output, notes);
    });
}
