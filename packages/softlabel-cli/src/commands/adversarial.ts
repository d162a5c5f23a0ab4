import { Command } from "commander";
import { adversarialExperiment } from "../experiment/adversarial/adversarial-experiment.ts";
import { adversarialDefaults, epochsFor } from "../experiment/adversarial/options.ts";
import { attackNames } from "../experiment/adversarial/options-schema.ts";
import { resolveAdversarialOptions } from "../experiment/adversarial/resolve-options.ts";
import type { AdversarialResults } from "../experiment/adversarial/results.ts";
import { mostSeeds } from "../experiment/options.ts";
import { type Output, UsageError } from "./console.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";
import { addQueueOptions, type QueueFlags, queueOf } from "./queue-options.ts";
import { type ExperimentFlags, tellExperiment } from "./tell-experiment.ts";
import {
  addExperimentOptions,
  addModelOptions,
  addStepOptions,
  addTrainSizeOption,
  count,
  modelNames,
  share,
} from "./training-options.ts";

const examples = `
Examples:
  softlabel adversarial                    cleverhans' MNIST tutorial on 10,000
                                           images, without and with smoothing:
                                           within 3 minutes on two cores
  softlabel adversarial --train-size all   on all 60,000, six epochs as there
  softlabel adversarial --attack pgd --epochs 4
                                           train against PGD instead of FGSM
  softlabel adversarial --attack none --model lenet5 --seeds 8
                                           smoothing alone, with seeds enough
                                           to show a difference
  softlabel adversarial --norm 2 --attack-epsilon 2
                                           attacks bounded by their length
  softlabel adversarial --cleverhans-double-smoothing
                                           ε = 0.1 applied twice is 0.19
  softlabel adversarial --json > results.json
                                           the numbers for a program

FGSM is one step along the sign of the loss's gradient; PGD is many, each
projected back into the ball; transferred attacks are PGD made on a model of
another seed without smoothing. Where smoothing seems to help against FGSM and
not against the others, it only hid the gradients: the verdict says so.

The folder of --out keeps every finished trial under a name made from its
configuration, its data and the code: the same command goes on where it
stopped, and one with more seeds or another list of ε does only what is new.
`;

/** `softlabel adversarial`: what does label smoothing do to robustness, and how much of that is hidden gradients? */
export function adversarialCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const d = adversarialDefaults;
  const command = new Command("adversarial").description(
    "Train a classifier without and with label smoothing, on clean images and against an attack, as cleverhans' MNIST " +
      "tutorial does, and attack every model: accuracy under FGSM, PGD and transferred attacks, calibration, and " +
      "checks for hidden gradients.",
  );
  addModelOptions(command, d.model)
    .option(
      "--label-smoothing <list>",
      `ε of each arm (default: ${d.labelSmoothing})`,
      parseNumbers("label-smoothing", share),
    )
    .option("--cleverhans-double-smoothing", "smooth twice: ε becomes 1 − (1 − ε)²")
    .option(
      "--attack <name>",
      `what training trains against: ${attackNames.join(", ")} (default: ${d.attack})`,
      parseChoice("attack", attackNames),
    )
    .option(
      "--attack-epsilon <radius>",
      `how far a pixel may change, from 0 to 1 (default: ${d.attackEpsilon})`,
      parseNumber("attack-epsilon", { above: 0 }),
    )
    .option("--norm <norm>", `inf or 2: how a change is measured (default: ${d.norm})`, readNorm)
    .option("--steps <n>", `steps of PGD (default: ${d.steps})`, parseNumber("steps", count))
    .option(
      "--step-size <length>",
      "of PGD's steps (default: 2.5·ε/steps, at most ε)",
      parseNumber("step-size", { above: 0 }),
    )
    .option("--restarts <n>", `random starts of PGD (default: ${d.restarts})`, parseNumber("restarts", count))
    .option(
      "--strengths <list>",
      "strengths of the curves; 0 and ε are always in (default: thirds of ε up to 4ε/3)",
      parseNumbers("strengths", { atLeast: 0 }),
    )
    .option(
      "--attack-size <n>",
      `how many of the first test images are attacked (default: ${d.attackSize})`,
      parseNumber("attack-size", count),
    )
    .option(
      "--seeds <n>",
      `how many seeds each arm is trained with (default: ${d.seeds})`,
      parseNumber("seeds", { ...count, atMost: mostSeeds }),
    );
  addTrainSizeOption(command, `the first training images, or all (default: ${d.trainSize})`);
  addStepOptions(command, { ...d, epochs: `${d.epochs}, with all images ${epochsFor(null)}` });
  return addQueueOptions(addExperimentOptions(command, d))
    .addHelpText("after", examples)
    .action(async (flags: ExperimentFlags & QueueFlags) => {
      const { config, json, open, queue, shard, ...written } = flags;
      const options = resolveAdversarialOptions({ flags: written, configFile: config, models: modelNames });
      const experiment = {
        label: "adversarial",
        out: options.out,
        queue: await queueOf({ queue, shard }, options.jobs, notes),
        makePlan: () => adversarialExperiment(options),
        // Loaded when they are needed: what draws is slow to load, and an experiment that is stopped draws nothing.
        writeReport: async (results: AdversarialResults, folder: string) =>
          (await import("../report/adversarial/write-adversarial-report.ts")).writeAdversarialReport(results, folder),
        summary: async (results: AdversarialResults, style: { readonly color: boolean }) =>
          (await import("../report/adversarial/adversarial-summary.ts")).adversarialSummary(results, style),
      };
      await tellExperiment(experiment, { json, open }, output, notes);
    });
}

function readNorm(typed: string): "inf" | 2 {
  if (typed === "inf") return typed;
  if (typed === "2") return 2;
  throw new UsageError(`--norm must be inf or 2, got "${typed}"`);
}
