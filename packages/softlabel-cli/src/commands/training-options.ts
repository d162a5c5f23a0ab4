import type { Command } from "commander";
import { optimizers } from "../experiment/option-rules.ts";
import { compareDefaults } from "../experiment/options.ts";
import { conventions } from "../experiment/options-schema.ts";
import { models } from "../models/models.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";

export const modelNames: readonly string[] = Object.keys(models);
export const count = { integer: true, atLeast: 1 } as const;
export const share = { atLeast: 0, atMost: 1 } as const;

/** What the help says of an option that was not typed. */
interface StepDefaults {
  readonly epochs: number | string;
  readonly batchSize: number;
  readonly learningRate: number;
  readonly optimizer: string;
}

/** The options of every command that trains: what is trained, on what. */
export function addModelOptions(command: Command, defaultModel: string = compareDefaults.model): Command {
  return command
    .option("--data <path>", "a folder of four IDX files or a Keras .npz (default: MNIST)")
    .option("--model <name>", `${modelNames.join(", ")} (default: ${defaultModel})`, parseChoice("model", modelNames));
}

/** … and how, where the loss and the rows can be chosen. */
export function addTrainingOptions(command: Command): Command {
  const d = compareDefaults;
  command
    .option("--prior <prior>", `uniform, class-frequencies, a JSON file, or a list (default: ${d.prior})`, readPrior)
    .option(
      "--convention <name>",
      `how ε becomes q′: ${conventions.join(", ")} (default: ${d.convention})`,
      parseChoice("convention", conventions),
    );
  addTrainSizeOption(command, `training images, or all (default: ${d.trainSize ?? "all"})`).option(
    "--validation-size <n>",
    `images held out of training, for the temperature (default: ${d.validationSize})`,
    parseNumber("validation-size", count),
  );
  return addStepOptions(command, d).option(
    "--label-noise <share>",
    `share of training labels redrawn at random (default: ${d.labelNoise})`,
    parseNumber("label-noise", share),
  );
}

/** Training code that is not the laboratory's. */
export function addTrainerOptions(command: Command): Command {
  return command
    .option("--trainer <command>", "train by a command with {epsilon} {seed} {out}, or by a JavaScript module")
    .option("--shell", "have a shell read the trainer's command")
    .option("--trainer-files <list>", "other files that decide what the trainer does", (typed) => typed.split(","));
}

export function addTrainSizeOption(command: Command, description: string): Command {
  return command.option("--train-size <n>", description, readTrainSize);
}

/** How often and how far the weights move. */
export function addStepOptions(command: Command, d: StepDefaults): Command {
  return command
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
    );
}

/** Where and how an experiment of several trials runs, and how it is told. */
export function addExperimentOptions(command: Command, d: { readonly jobs: number; readonly out: string }): Command {
  return command
    .option("--jobs <n>", `trials at the same time (default: as many as cores, ${d.jobs})`, parseNumber("jobs", count))
    .option("--out <folder>", `the experiment's folder (default: ${d.out})`)
    .option("--config <file>", "read these options from a JSON or YAML file")
    .option("--json", "print results.json on stdout and nothing else")
    .option("--open", "open the report when it is written");
}

function readPrior(typed: string): string | number[] {
  return /^[\d.e+-]+(,[\d.e+-]+)+$/i.test(typed) ? parseNumbers("prior", share)(typed) : typed;
}

function readTrainSize(typed: string): number | "all" {
  return typed === "all" ? typed : parseNumber("train-size", count)(typed);
}
