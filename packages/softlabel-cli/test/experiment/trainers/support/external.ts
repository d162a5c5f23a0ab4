import { chmodSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeNpz } from "../../../../src/data/npz.ts";
import { openTrainer } from "../../../../src/experiment/trainers/open-trainer.ts";
import type { Trainer } from "../../../../src/experiment/trainers/trainer.ts";
import { type ExternalConfig, type ExternalTrial, trialId } from "../../../../src/experiment/trials.ts";

/** The trial of a trainer at one seed and ε. */
export function externalTrialOf(trainer: Trainer, config: Partial<ExternalConfig> = {}): ExternalTrial {
  const whole: ExternalConfig = {
    labelSmoothing: 0.1,
    prior: "uniform",
    convention: "all-classes",
    seed: 1,
    parameters: {},
    ...config,
  };
  const id = trialId(whole, { dataHash: null, codeVersion: trainer.hash });
  return { id, kind: "external", config: whole };
}

/** A command as it was typed, without what is seldom said. */
export function commandOf(typed: string, parameters: readonly string[] = []): Trainer {
  return openTrainer({ typed, shell: false, files: [], parameters });
}

export function shellOf(typed: string): Trainer {
  return openTrainer({ typed, shell: true, files: [], parameters: [] });
}

/** Writes a program for a POSIX shell; it can be run. */
export function writeScript(folder: string, name: string, body: string): string {
  const path = join(folder, name);
  writeFileSync(path, `#!/bin/sh\n${body}\n`);
  chmodSync(path, 0o755);
  return path;
}

/** Writes predictions that can be judged, for programs to copy; each row of its own numbers. */
export function writeSoundPredictions(folder: string): string {
  const path = join(folder, "sound.npz");
  const part = (rows: number) => ({
    logits: { data: Float32Array.from({ length: rows * 3 }, (_, i) => Math.sin(i * rows)), shape: [rows, 3] },
    labels: { data: Uint8Array.from({ length: rows }, (_, i) => (i * 2) % 3), shape: [rows] },
  });
  const [validation, test] = [part(4), part(5)];
  writeNpz(path, {
    val_logits: validation.logits,
    val_labels: validation.labels,
    test_logits: test.logits,
    test_labels: test.labels,
  });
  return path;
}
