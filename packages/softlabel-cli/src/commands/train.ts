import { Command } from "commander";
import { loadDataset } from "../data/dataset.ts";
import { type FolderLock, FolderLockedError, lockFolder } from "../experiment/folder-lock.ts";
import type { WrittenOptions } from "../experiment/option-rules.ts";
import { resolveOptions } from "../experiment/resolve-options.ts";
import { trainingConfig } from "../experiment/trials.ts";
import { DivergedError } from "../training/epoch.ts";
import { type TrainingConfig, type TrainingSummary, train } from "../training/run.ts";
import { createPaint, type Output, printJson, RunFailure } from "./console.ts";
import { interruptible } from "./interruptible.ts";
import { parseNumber } from "./parse-options.ts";
import { createProgress } from "./progress.ts";
import { requireFolderPlace } from "./require-place.ts";
import { addModelOptions, addTrainingOptions, modelNames, share } from "./training-options.ts";

const examples = `
Examples:
  softlabel train                          a small net on MNIST with ε = 0.1
  softlabel train --epsilon 0 --out plain  the same without smoothing
  softlabel train --data fashion/ --model lenet --epochs 20
                                           another data set, another model
  softlabel train --prior class-frequencies
                                           toward how often each class occurs
  softlabel train --json > summary.json    the numbers for a program

The folder of --out gets predictions.npz (logits and labels of the validation
and the test images), the model in TensorFlow.js' layers format (model.json,
weights.bin), history.jsonl (a line per epoch), penultimate.npz, config.json
and summary.json. A run that was stopped goes on from its last whole epoch when
the same command is typed again.
`;

const defaults = { epsilon: 0.1, seed: 1, out: "softlabel-train" } as const;

/** `softlabel train`: one training run, its predictions, its model and its history. */
export function trainCommand(output: Output = process.stdout, notes: Output = process.stderr): Command {
  const command = new Command("train").description(
    "Train one classifier with smoothed labels and keep what it predicts, what it is, and how it got there.",
  );
  addModelOptions(command)
    .option("--epsilon <number>", `ε, from 0 to 1 (default: ${defaults.epsilon})`, parseNumber("epsilon", share))
    .option(
      "--seed <n>",
      `decides initial weights, split, order and redrawn labels (default: ${defaults.seed})`,
      parseNumber("seed", { integer: true }),
    );
  return addTrainingOptions(command)
    .option("--out <folder>", `the run's folder (default: ${defaults.out})`)
    .option("--json", "print the summary as JSON on stdout and nothing else")
    .addHelpText("after", examples)
    .action(async (flags: Flags) => {
      const { json = false, seed = defaults.seed, epsilon = defaults.epsilon, out = defaults.out, ...written } = flags;
      const config = readConfig(written, epsilon, seed);
      requireFolderPlace(out);
      const summary = await trainUnderProgress(config, out, notes);
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
function readConfig(written: WrittenOptions, epsilon: number, seed: number): TrainingConfig {
  const options = resolveOptions({ flags: written, models: modelNames });
  const { prior, convention } = options;
  return trainingConfig(options, { epsilon, prior, convention, parameters: {} }, seed);
}

/** Trains under a progress bar; Ctrl-C stops between two steps. */
async function trainUnderProgress(config: TrainingConfig, folder: string, notes: Output): Promise<TrainingSummary> {
  const progress = createProgress(notes, { label: "train" });
  let [stopped, lock] = [false, undefined as FolderLock | undefined];
  try {
    loadDataset(config.data); // wrong data is said before the folder is made
    lock = await lockFolder(folder);
    return await interruptible((signal) => {
      signal.addEventListener("abort", () => {
        stopped = true;
      });
      return train(config, {
        folder,
        signal,
        onProgress: ({ epoch, epochs, step, totalSteps, trainLoss }) =>
          progress.update(step, totalSteps, `epoch ${epoch} of ${epochs}, loss ${trainLoss.toFixed(4)}`),
      });
    });
  } catch (error) {
    progress.stop();
    if (stopped) throw new RunFailure(`stopped; the same command goes on from the last whole epoch, kept in ${folder}`);
    if (error instanceof DivergedError || error instanceof FolderLockedError) throw new RunFailure(error.message);
    throw error;
  } finally {
    progress.stop();
    lock?.release();
  }
}

function describe(summary: TrainingSummary, epsilon: number, folder: string, output: Output): string {
  const { dataset, rows, history, test } = summary;
  const last = history[history.length - 1];
  const scored = (accuracy: number | null, nll: number | null): string =>
    accuracy === null || nll === null
      ? "none"
      : `accuracy ${(100 * accuracy).toFixed(2)} %, unsmoothed loss ${nll.toFixed(4)} nats`;
  const paint = createPaint(output);
  const lines = [
    ["data", `${dataset.name}: ${rows.train} training, ${rows.validation} validation, ${rows.test} test images`],
    [
      "training loss",
      `${last.trainLoss.toFixed(4)} nats with ε = ${epsilon}; it cannot be below ${last.trainFloor.toFixed(4)}`,
    ],
    ["validation", scored(last.validationAccuracy, last.validationNll)],
    ["test", scored(test.accuracy, test.nll)],
    ["files", folder],
  ];
  return `${lines.map(([name, text]) => `${paint("bold", name.padEnd(14))} ${text}`).join("\n")}\n`;
}
