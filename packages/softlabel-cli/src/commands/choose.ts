import { Command } from "commander";
import { chooseExperiment } from "../experiment/choose/choose-experiment.ts";
import { objectiveNames } from "../experiment/choose/objective.ts";
import { openSource } from "../experiment/choose/open-source.ts";
import { chooseDefaults } from "../experiment/choose/options.ts";
import { resolveChooseOptions } from "../experiment/choose/resolve-options.ts";
import type { ChooseResults } from "../experiment/choose/results.ts";
import { mostSeeds } from "../experiment/options.ts";
import { mostSamples, samplers } from "../experiment/search/candidates.ts";
import type { Output } from "./console.ts";
import { requireNothingMissing } from "./missing-trials.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";
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
  softlabel choose                         which ε for a small net on MNIST?
  softlabel choose --objective accuracy --seeds 10
                                           by accuracy, over ten seeds
  softlabel choose --objective nll-after-temperature=1,accuracy=0.5
                                           by both, each relative to ε = 0
  softlabel choose --epsilon 0,0.1,0.2 --no-refine
                                           these ε and no others
  softlabel choose --search learning-rate=log:1e-4..1e-2 --samples 16
                                           with the learning rate tuned for each ε
  softlabel choose --json > results.json   the numbers for a program

ε is chosen on the validation images: of the ε within one standard error of the
best, the smallest. The test images are looked at once, at the end, for the
chosen ε and for 0. Trials are those of softlabel compare: in the folder of one
the other finds them and trains only what is new; report and results.json are
always those of the last command.
`;

/** `softlabel choose`: which ε is right for this classifier, and how sure is that? */
export function chooseCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const d = chooseDefaults;
  const command = new Command("choose").description(
    "Choose ε: train a grid of them with the same seeds, then ε between the best and its neighbours, take the smallest " +
      "that cannot be told from the best on validation images, and say what it gives on the test images.",
  );
  addModelOptions(command)
    .option("--epsilon <list>", `the grid; 0 is always in (default: ${d.epsilon})`, parseNumbers("epsilon", share))
    .option(
      "--objective <metric>",
      `${objectiveNames.join(", ")}, or several with weights as in nll=1,ece=0.5 (default: ${d.objective})`,
    )
    .option("--refine", "try ε between the best one and its neighbours too (default)")
    .option("--no-refine", "try the grid alone")
    .option(
      "--seeds <n>",
      `how many seeds each ε is trained with (default: ${d.seeds})`,
      parseNumber("seeds", { ...count, atMost: mostSeeds }),
    )
    .option(
      "--search <name=range>",
      "a parameter to tune for each ε: log:1e-4..1e-2, 0..0.5, int:1..8, a|b|c; may be repeated",
      (typed: string, before: readonly string[] = []) => [...before, typed],
    )
    .option(
      "--samples <n>",
      `settings of these parameters that each ε is tried with (default: ${d.samples})`,
      parseNumber("samples", { ...count, atMost: mostSamples }),
    )
    .option("--sampler <name>", `${samplers.join(", ")} (default: ${d.sampler})`, parseChoice("sampler", samplers))
    .option("--early-stopping", "stop settings that fall behind (default)")
    .option("--no-early-stopping", "train every setting to its end");
  addTrainerOptions(addTrainingOptions(command));
  return addQueueOptions(addExperimentOptions(command, d))
    .addHelpText("after", examples)
    .action(async (flags: ExperimentFlags & QueueFlags) => {
      const { config, json, open, queue, shard, ...written } = withoutDefaults(command, flags);
      const options = resolveChooseOptions({ flags: written, configFile: config, models: modelNames });
      const experiment = {
        label: "choose",
        out: options.out,
        queue: await queueOf({ queue, shard }, options.jobs, notes),
        makePlan: () =>
          chooseExperiment(options, {
            source: openSource(options),
            onNotice: (sentence) => notes.write(`choose: ${sentence}\n`),
          }),
        // Loaded when they are needed: what draws is slow to load, and an experiment that is stopped draws nothing.
        writeReport: async (results: ChooseResults, folder: string) =>
          (await import("../report/choose/write-choose-report.ts")).writeChooseReport(results, folder),
        summary: async (results: ChooseResults, style: { readonly color: boolean }) =>
          (await import("../report/choose/choose-summary.ts")).chooseSummary(results, style),
      };
      const results = await tellExperiment(experiment, { json, open }, output, notes);
      requireNothingMissing(results?.missing ?? []);
    });
}

/** A pair of switches, `--refine` and `--no-refine`, has a value that nobody typed: what was not typed says nothing. */
function withoutDefaults<Flags extends ExperimentFlags>(command: Command, flags: Flags): Flags {
  const typed = Object.entries(flags).filter(([name]) => command.getOptionValueSource(name) !== "default");
  return Object.fromEntries(typed) as Flags;
}
