import { Command } from "commander";
import { compareExperiment } from "../experiment/compare-experiment.ts";
import { compareDefaults, mostSeeds } from "../experiment/options.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import type { Results } from "../experiment/results.ts";
import { terminalSummary } from "../report/terminal.ts";
import type { Output } from "./console.ts";
import { requireNothingMissing } from "./missing-trials.ts";
import { parseNumber, parseNumbers } from "./parse-options.ts";
import { addQueueOptions, type QueueFlags, queueOf } from "./queue-options.ts";
import { type ExperimentFlags, tellExperiment } from "./tell-experiment.ts";
import {
  addExperimentOptions,
  addModelOptions,
  addTrainerOptions,
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
  softlabel compare --trainer "python3 train.py --smoothing {epsilon} --seed {seed} --out {out}"
                                           a model of your own, in any language
  softlabel compare --trainer ./train.mjs --arms arms.yaml
                                           a module, and arms that differ in
                                           more than ε
  softlabel compare --from runs/           predictions that are there already:
                                           runs/0/1, runs/0/2, runs/0.1/1, …
  softlabel compare --config my.yaml --epochs 20 --open
                                           options from a file; those typed win
  softlabel compare --json > results.json  the numbers for a program
  softlabel compare --queue redis://host --out /shared/run
                                           workers on other machines train
  softlabel compare --shard 3/8 --out /shared/run
                                           the third of eight shares, no server

A trainer writes an .npz file to {out}: val_logits and test_logits [rows,
classes], val_labels and test_labels [rows]. --arms names a JSON or YAML list of
{ name, epsilon, prior, convention, parameters, base: true }. Below --from, names
of folders say ε and seed; --pattern "{epsilon}/s{seed}" says how, and a run.json
with epsilon and seed says it too.

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
  addTrainerOptions(addModelOptions(command))
    .option("--from <folders...>", "judge the predictions that lie there, and train nothing")
    .option("--pattern <path>", "how their paths say {name}, {epsilon} and {seed}")
    .option("--base <name>", "their arm that the others are compared with (default: that with ε = 0)")
    .option("--arms <file>", "arms that differ in more than ε, in a JSON or YAML file")
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
      const results = await tellExperiment(experiment, { json, open }, output, notes);
      // Where predictions were given, nothing failed: the verdict says what is not there.
      if (results?.experiment.trainer.kind !== "given") requireNothingMissing(results?.missing ?? []);
    });
}
