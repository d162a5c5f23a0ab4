import { appendFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { writeNpz } from "../../../../src/data/npz.ts";
import { type Random, randomStream } from "../../../../src/data/random.ts";
import { serveTrials, type TrialRunners } from "../../../../src/experiment/serve-trials.ts";
import { diaryOf } from "./chaos-experiment.ts";

/* A child process whose trials take 50 to 300 ms and leave the predictions of a classifier that is right for the most part. */
const steps = 10;
const classes = 4;

const train: TrialRunners["train"] = async (config, { folder, experiment, onProgress }) => {
  const { seed, labelSmoothing } = config;
  const random = randomStream(seed, `chaos, ε = ${labelSmoothing}`);
  const note = (what: string): void =>
    appendFileSync(diaryOf(experiment), `${what} ${seed} ${labelSmoothing} ${process.pid}\n`);
  note("begun");
  const milliseconds = 50 + 250 * random();
  for (let step = 1; step <= steps; step++) {
    await delay(milliseconds / steps);
    onProgress({ step, totalSteps: steps });
  }
  const margin = 3 * (1 - labelSmoothing);
  writeNpz(join(folder, "predictions.npz"), {
    ...predictions("val", 60, margin, random),
    ...predictions("test", 80, margin, random),
  });
  for (const name of ["history.jsonl", "penultimate.npz"]) writeFileSync(join(folder, name), "");
  note("trained");
};

function predictions(part: "val" | "test", rows: number, margin: number, random: Random) {
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const logits = Float32Array.from({ length: rows * classes }, () => random() * 2);
  for (let row = 0; row < rows; row++) logits[row * classes + labels[row]] += margin * random();
  return {
    [`${part}_logits`]: { data: logits, shape: [rows, classes] },
    [`${part}_labels`]: { data: labels, shape: [rows] },
  };
}

const notAsked = async (): Promise<never> => {
  throw new Error("the experiment has trials of the kind train alone");
};

serveTrials({ train, external: notAsked, craft: notAsked, attack: notAsked });
