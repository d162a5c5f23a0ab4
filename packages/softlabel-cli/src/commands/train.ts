import { Command } from "commander";
import { compareDefaults } from "../experiment/options.ts";
import { conventions, optimizers, type WrittenOptions } from "../experiment/options-schema.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import { models } from "../models/models.ts";
import { DivergedError } from "../training/epoch.ts";
import { type TrainingConfig, type TrainingSummary, train } from "../training/run.ts";
import { createPaint, type Output, printJson, RunFailure } from "./console.ts";
import { parseChoice, parseNumber, parseNumbers } from "./parse-options.ts";
import { createProgress } from "./progress.ts";

const examples = `
Examples:
  softlabel train                                            a small net on MNIST with ε = 0.1
  softlabel train --epsilon 0 --out plain                    the same without smoothing
  softlabel train --data fashion/ --model lenet --epochs 20  another data set, another model
  softlabel train --prior class-frequencies                  smooth toward how often each class occurs
  softlabel train --json > summary.json                      the numbers for a program

The folder of --out gets predictions.npz (logits and labels of the validation and the test images), the model in
TensorFlow.js' layers format (model.json, weights.bin), history.jsonl (a line per epoch), penultimate.npz, config.json
and summary.json. A run that was stopped goes on from its last whole epoch when the same command is typed again.
`;

const modelNames = Object.keys(models);
const count = { integer: true, atLeast: 1 } as const;
const share = { atLeast: 0, atMost: 1 } as const;
const defaults = { epsilon: 0.1, seed: 1, out: "softlabel-train" } as const;

/** `softlabel train`: one training run, its predictions, its model and its history. */
export function trainCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const d = compareDefaults;
  return new Command("train")
    .description(
      "Train one classifier with smoothed labels and keep what it predicts, what it is, and how it got there.",
    )
    .option("--data <path>", "a folder of four IDX files or a Keras .npz (default: MNIST)")
    .option("--model <name>", `${modelNames.join(", ")} (default: ${d.model})`, parseChoice("model", modelNames))
    .option("--epsilon <number>", `ε, from 0 to 1 (default: ${defaults.epsilon})`, parseNumber("epsilon", share))
    .option("--prior <prior>", `uniform, class-frequencies, a JSON file, or a list (default: ${d.prior})`, readPrior)
    .option(
      "--convention <name>",
      `how ε becomes q′: ${conventions.join(", ")} (default: ${d.convention})`,
      parseChoice("convention", conventions),
    )
    .option(
      "--seed <n>",
      `decides initial weights, split, order and redrawn labels (default: ${defaults.seed})`,
      parseNumber("seed", { integer: true }),
    )
    .option("--train-size <n>", `training images, or all (default: ${d.trainSize ?? "all"})`, readTrainSize)
    .option(
      "--validation-size <n>",
      `images held out of training (default: ${d.validationSize})`,
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
    .option("--out <folder>", `the run's folder (default: ${defaults.out})`)
    .option("--json", "print the summary as JSON on stdout and nothing else")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => {
      const { json = false, seed = defaults.seed, epsilon = defaults.epsilon, out = defaults.out, ...written } = flags;
      const summary = await trainUnderProgress(readConfig(written, epsilon, seed), out, notes);
      if (json) printJson({ schema: "softlabel.train/1", folder: out, ...summary }, output);
      else output.write(describe(summary, epsilon, out, output));
    });
}

interface Flags extends WrittenOptions {
  readonly epsilon?: number;
  readonly seed?: number;
  readonly out?: string;
  readonly json?: boolean;
}

/** Everything that a comparison has too is read as a comparison reads it. */
function readConfig(written: WrittenOptions, labelSmoothing: number, seed: number): TrainingConfig {
  const {
    epsilon: _,
    seeds: __,
    jobs: ___,
    out: ____,
    ...shared
  } = resolveOptions({ flags: written, models: modelNames });
  return { ...shared, labelSmoothing, seed };
}

function readPrior(typed: string): string | number[] {
  return /^[\d.]+(,[\d.]+)+$/.test(typed) ? parseNumbers("prior", share)(typed) : typed;
}

function readTrainSize(typed: string): number | "all" {
  return typed === "all" ? typed : parseNumber("train-size", count)(typed);
}

/** Trains under a progress bar; Ctrl-C stops between two steps. */
async function trainUnderProgress(config: TrainingConfig, folder: string, notes: Output): Promise<TrainingSummary> {
  const progress = createProgress(notes, { label: "train" });
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // Once: a second Ctrl-C ends the process at once, and loses no more than the epoch under way either.
  process.once("SIGINT", onSignal).once("SIGTERM", onSignal);
  try {
    return await train(config, {
      folder,
      signal: stop.signal,
      onProgress: ({ epoch, epochs, step, totalSteps, trainLoss }) =>
        progress.update(step, totalSteps, `epoch ${epoch} of ${epochs}, loss ${trainLoss.toFixed(4)}`),
    });
  } catch (error) {
    progress.stop();
    if (stop.signal.aborted) {
      throw new RunFailure(`stopped; the same command goes on from the last whole epoch, kept in ${folder}`);
    }
    if (error instanceof DivergedError) throw new RunFailure(error.message);
    throw error;
  } finally {
    progress.stop();
    process.off("SIGINT", onSignal).off("SIGTERM", onSignal);
  }
}

function describe(summary: TrainingSummary, epsilon: number, folder: string, output: Output): string {
  const { dataset, rows, history, test } = summary;
  const last = history[history.length - 1];
  const percent = (value: number): string => `${(100 * value).toFixed(2)} %`;
  const paint = createPaint(output);
  const lines = [
    ["data", `${dataset.name}: ${rows.train} training, ${rows.validation} validation, ${rows.test} test images`],
    [
      "training loss",
      `${last.trainLoss.toFixed(4)} nats with ε = ${epsilon}; it cannot be below ${last.trainFloor.toFixed(4)}`,
    ],
    [
      "validation",
      `accuracy ${percent(last.validationAccuracy)}, unsmoothed loss ${last.validationNll.toFixed(4)} nats`,
    ],
    ["test", `accuracy ${percent(test.accuracy)}, unsmoothed loss ${test.nll.toFixed(4)} nats`],
    ["files", folder],
  ];
  return `${lines.map(([name, text]) => `${paint("bold", name.padEnd(14))} ${text}`).join("\n")}\n`;
}
