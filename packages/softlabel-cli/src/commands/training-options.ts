import type { Command } from "commander";
import { compareDefaults as d } from "../experiment/options.ts";
import { conventions, optimizers } from "../experiment/options-schema.ts";
import { models } from "../models/models.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";

export const modelNames: readonly string[] = Object.keys(models);
export const count = { integer: true, atLeast: 1 } as const;
export const share = { atLeast: 0, atMost: 1 } as const;

/** The options of every command that trains: what is trained, on what. */
export function addModelOptions(command: Command): Command {
  return command
    .option("--data <path>", "a folder of four IDX files or a Keras .npz (default: MNIST)")
    .option("--model <name>", `${modelNames.join(", ")} (default: ${d.model})`, parseChoice("model", modelNames));
}

/** … and how. */
export function addTrainingOptions(command: Command): Command {
  return command
    .option("--prior <prior>", `uniform, class-frequencies, a JSON file, or a list (default: ${d.prior})`, readPrior)
    .option(
      "--convention <name>",
      `how ε becomes q′: ${conventions.join(", ")} (default: ${d.convention})`,
      parseChoice("convention", conventions),
    )
    .option("--train-size <n>", `training images, or all (default: ${d.trainSize ?? "all"})`, readTrainSize)
    .option(
      "--validation-size <n>",
      `images held out of training, for the temperature (default: ${d.validationSize})`,
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
    );
}

function readPrior(typed: string): string | number[] {
  return /^[\d.e+-]+(,[\d.e+-]+)+$/i.test(typed) ? parseNumbers("prior", share)(typed) : typed;
}

function readTrainSize(typed: string): number | "all" {
  return typed === "all" ? typed : parseNumber("train-size", count)(typed);
}
