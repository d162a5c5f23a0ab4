import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeNpz } from "../../../src/data/npz.ts";
import { randomStream } from "../../../src/data/random.ts";
import type { TrainingConfig } from "../../../src/training/run.ts";

/** A folder of its own under the system's temporary one. */
export function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), "softlabel-test-"));
}

/**
 * Writes a data set that can be learned in seconds, in Keras' layout: 12 × 12 images of four classes, a bright bar at
 * a place of its own for each class under noise.
 *
 * @returns the file's path.
 */
export function writeTinyDataset(folder: string, rows = 320): string {
  const random = randomStream(7, "tiny data set");
  const part = (count: number): { images: Uint8Array; labels: Uint8Array } => {
    const labels = Uint8Array.from({ length: count }, () => Math.floor(random() * 4));
    const images = new Uint8Array(count * 144);
    for (let i = 0; i < images.length; i++) {
      const column = i % 12;
      const isBar = Math.floor(column / 3) === labels[Math.floor(i / 144)];
      images[i] = Math.floor((isBar ? 90 : 0) + 160 * random());
    }
    return { images, labels };
  };
  const [train, test] = [part(rows), part(rows / 4)];
  const path = join(folder, "bars.npz");
  writeNpz(path, {
    x_train: { data: train.images, shape: [rows, 12, 12] },
    y_train: { data: train.labels, shape: [rows] },
    x_test: { data: test.images, shape: [rows / 4, 12, 12] },
    y_test: { data: test.labels, shape: [rows / 4] },
  });
  return path;
}

/** A run of a second or less. */
export function tinyConfig(data: string, changes: Partial<TrainingConfig> = {}): TrainingConfig {
  return {
    data,
    model: "mlp",
    labelSmoothing: 0.1,
    prior: "uniform",
    convention: "all-classes",
    seed: 3,
    trainSize: 200,
    validationSize: 80,
    trainRows: "drawn",
    epochs: 3,
    batchSize: 32,
    learningRate: 1e-3,
    optimizer: "adam",
    labelNoise: 0,
    adversary: null,
    ...changes,
  };
}
