import { readdirSync } from "node:fs";
import { join } from "node:path";
import { DataError } from "./data-error.ts";
import type { RawDataset, RawPart } from "./dataset.ts";
import { readIdx } from "./idx.ts";

// train-images-idx3-ubyte (LeCun), train-images.idx3-ubyte, emnist-letters-test-labels-idx1-ubyte.gz, …
const fileName = /^(?<set>.*?)(?<part>train|t10k|test)-(?<what>images|labels)[-.]idx[13]-ubyte(?<packed>\.gz)?$/;

/**
 * Reads a folder of four IDX files: images and labels, for training and for test.
 *
 * @throws {@link DataError} when a file is missing or damaged, two do not fit together, or there are several sets.
 */
export function readIdxFolder(folder: string): RawDataset {
  const paths = findFiles(folder);
  const train = readPart(paths["train-images"], paths["train-labels"]);
  const test = readPart(paths["test-images"], paths["test-labels"]);
  if (train.height !== test.height || train.width !== test.width) {
    const expected = `images of ${train.height} × ${train.width} as the training images are`;
    throw new DataError(`${paths["test-images"]} must hold ${expected}, got ${test.height} × ${test.width}`);
  }
  return { height: train.height, width: train.width, channels: 1, train, test };
}

type Role = "train-images" | "train-labels" | "test-images" | "test-labels";
const roles: readonly Role[] = ["train-images", "train-labels", "test-images", "test-labels"];

function findFiles(folder: string): Readonly<Record<Role, string>> {
  const found = new Map<string, string>();
  const sets = new Set<string>();
  // In sorted order a plain file comes before the same one gzipped, and is taken.
  for (const name of readdirSync(folder).sort()) {
    const groups = fileName.exec(name)?.groups;
    if (!groups) continue;
    sets.add(groups.set);
    const role = `${groups.part === "train" ? "train" : "test"}-${groups.what}`;
    if (!found.has(role)) found.set(role, join(folder, name));
  }
  if (sets.size > 1) {
    const names = [...sets].map((set) => set.replace(/-$/, "") || "one without a prefix").join(", ");
    throw new DataError(`${folder} must hold one data set, got ${names}; move the one wanted to a folder of its own`);
  }
  const missing = roles.filter((role) => !found.has(role));
  if (missing.length > 0) {
    const examples = "train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte";
    throw new DataError(`${folder} must hold ${examples} (plain or .gz), got none for ${missing.join(", ")}`);
  }
  return Object.fromEntries(found) as Record<Role, string>;
}

function readPart(imagesPath: string, labelsPath: string): RawPart & { height: number; width: number } {
  const images = readIdx(imagesPath, 3);
  const labels = readIdx(labelsPath, 1);
  const [rows, height, width] = images.shape;
  if (labels.shape[0] !== rows) {
    throw new DataError(`${labelsPath} must hold a label for each of ${rows} images, got ${labels.shape[0]}`);
  }
  return { images: images.data, labels: Int32Array.from(labels.data), labelsName: labelsPath, height, width };
}
