import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { beforeEach, describe, expect, it } from "vitest";
import { gatherPixels } from "../../src/data/batches.ts";
import { loadDataset } from "../../src/data/dataset.ts";
import { type NpyArray, writeNpz } from "../../src/data/npz.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-data-"));
});

const size = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const imagesFile = (rows: number, height = 2, width = 2, first = 0): Uint8Array => {
  const pixels = Array.from({ length: rows * height * width }, (_, i) => (first + 37 * i) % 256);
  return Uint8Array.from([0, 0, 8, 3, ...size(rows), ...size(height), ...size(width), ...pixels]);
};
const labelsFile = (...labels: number[]): Uint8Array =>
  Uint8Array.from([0, 0, 8, 1, ...size(labels.length), ...labels]);

const names = [
  "train-images-idx3-ubyte",
  "train-labels-idx1-ubyte",
  "t10k-images-idx3-ubyte",
  "t10k-labels-idx1-ubyte",
];
const files = [imagesFile(3), labelsFile(0, 2, 1), imagesFile(2, 2, 2, 5), labelsFile(1, 1)];

/** Writes the four files, some of them other than usual, under names of a pattern. */
function write(changes: Readonly<Record<number, Uint8Array>> = {}, rename = (name: string): string => name): string {
  for (const [i, name] of names.entries()) writeFileSync(join(folder, rename(name)), changes[i] ?? files[i]);
  return folder;
}

describe("the bundled MNIST", () => {
  const mnist = loadDataset(null);

  it("is whole: 60,000 and 10,000 images of 28 × 28, and the classes in MNIST's numbers", () => {
    expect(mnist).toMatchObject({ name: "MNIST", classes: 10, height: 28, width: 28, channels: 1 });
    expect(mnist.classNames).toEqual(["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]);
    expect([mnist.train.rows, mnist.test.rows]).toEqual([60_000, 10_000]);
    const counts = (labels: Int32Array): number[] =>
      mnist.classNames.map((_, k) => labels.filter((label) => label === k).length);
    expect(counts(mnist.train.labels)).toEqual([5923, 6742, 5958, 6131, 5842, 5421, 5918, 6265, 5851, 5949]);
    expect(counts(mnist.test.labels)).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
  });

  it("gives pixels in [0, 1], which average 0.13251 over the test images", () => {
    const pixels = gatherPixels(
      mnist,
      mnist.test,
      Int32Array.from({ length: 10_000 }, (_, i) => i),
    );

    const mean = pixels.reduce((sum, value) => sum + value, 0) / pixels.length;
    expect(mean).toBeCloseTo(0.1325146, 6);
    expect(pixels.reduce((most, value) => Math.max(most, value), 0)).toBe(1);
  });

  it("is read once in a process", () => {
    expect(loadDataset(null)).toBe(mnist);
  });
});

const fashion = "/usr/share/datasets/fashion-mnist";
const withoutFashion = !existsSync(fashion);

describe.skipIf(withoutFashion)("Debian's Fashion-MNIST, gzipped [needs fashion-mnist]", () => {
  it("is read as published: each class 6,000 and 1,000 times", () => {
    const { train, test, classes, name } = loadDataset(fashion);
    expect({ name, classes, rows: [train.rows, test.rows] }).toEqual({
      name: "fashion-mnist",
      classes: 10,
      rows: [60_000, 10_000],
    });
    for (let k = 0; k < 10; k++) {
      expect(train.labels.filter((label) => label === k)).toHaveLength(6000);
      expect(test.labels.filter((label) => label === k)).toHaveLength(1000);
    }
  });
});

describe("a folder of four IDX files", () => {
  it("gives images, labels, and as many classes as the training labels have", () => {
    const dataset = loadDataset(write());
    expect(dataset).toMatchObject({ classes: 3, classNames: ["0", "1", "2"], height: 2, width: 2, channels: 1 });
    expect([...dataset.train.images]).toEqual([0, 37, 74, 111, 148, 185, 222, 3, 40, 77, 114, 151]);
    expect([...dataset.train.labels]).toEqual([0, 2, 1]);
    expect([...dataset.test.labels]).toEqual([1, 1]);
    expect([...gatherPixels(dataset, dataset.test, Int32Array.of(1, 0))]).toEqual(
      [153, 190, 227, 8, 5, 42, 79, 116].map((byte) => Math.fround(byte / 255)),
    );
  });

  it.each<[string, (name: string) => string]>([
    ["dotted", (name) => name.replace("-idx", ".idx")],
    ["prefixed, and test instead of t10k", (name) => `emnist-letters-${name.replace("t10k", "test")}`],
  ])("may be named otherwise: %s", (_, rename) => {
    expect(loadDataset(write({}, rename)).train.rows).toBe(3);
  });

  it("may be gzipped, and a plain file is preferred to the same one gzipped", () => {
    write(Object.fromEntries(files.map((file, i) => [i, gzipSync(file)])), (name) => `${name}.gz`);
    writeFileSync(join(folder, names[1]), labelsFile(1, 0, 1));
    expect([...loadDataset(folder).train.labels]).toEqual([1, 0, 1]);
  });

  it("may count its classes from 1, as EMNIST's letters do: they keep their numbers as names", () => {
    const { classes, classNames, train, test } = loadDataset(write({ 1: labelsFile(1, 3, 2), 3: labelsFile(3, 3) }));
    expect({ classes, classNames }).toEqual({ classes: 3, classNames: ["1", "2", "3"] });
    expect([...train.labels, ...test.labels]).toEqual([0, 2, 1, 2, 2]);
  });

  it("has a hash that any pixel and any label changes, and its place does not", () => {
    const { hash } = loadDataset(write());
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    const elsewhere = (changes: Readonly<Record<number, Uint8Array>>): string => {
      folder = mkdtempSync(join(tmpdir(), "softlabel-data-"));
      return loadDataset(write(changes)).hash;
    };
    expect(elsewhere({})).toBe(hash);
    expect(elsewhere({ 2: imagesFile(2, 2, 2, 6) })).not.toBe(hash);
    expect(elsewhere({ 1: labelsFile(0, 1, 2) })).not.toBe(hash);
  });

  const at = (i: number): string => join(folder, names[i]);
  it.each<[string, Readonly<Record<number, Uint8Array>>, () => string]>([
    ["a label too few", { 1: labelsFile(0, 1) }, () => `${at(1)} must hold a label for each of 3 images, got 2`],
    [
      "test images of another size",
      { 2: imagesFile(2, 3, 2) },
      () => `${at(2)} must hold images of 2 × 2 as the training images are, got 3 × 2`,
    ],
    [
      "a test label that training lacks",
      { 3: labelsFile(1, 7) },
      () => `${at(3)} must hold labels in [0, 2] as the training labels are, got 7 at row 1`,
    ],
    [
      "a class without training images",
      { 1: labelsFile(0, 4, 1) },
      () => `${at(1)} must hold every label from 0 to 4, got none of 2; number the classes without gaps`,
    ],
    ["one class", { 1: labelsFile(0, 0, 0) }, () => `${at(1)} must hold two classes or more, got only 0`],
    [
      "labels that start at 5",
      { 1: labelsFile(5, 6, 7) },
      () => `${at(1)} must hold labels that start at 0 or 1, got 5 as the least`,
    ],
    ["no test rows", { 2: imagesFile(0), 3: labelsFile() }, () => `${at(3)} must hold labels, got none`],
    ["labels in the place of images", { 0: labelsFile(1) }, () => `${at(0)} must hold images with 3 dimensions, got 1`],
  ])("with %s is refused", (_, changes, message) => {
    write(changes);
    expect(() => loadDataset(folder)).toThrow(message());
  });

  it("that lacks files says which", () => {
    writeFileSync(join(folder, names[0]), files[0]);
    expect(() => loadDataset(folder)).toThrow(
      `${folder} must hold train-images-idx3-ubyte, train-labels-idx1-ubyte, t10k-images-idx3-ubyte, t10k-labels-idx1-ubyte (plain or .gz), got none for train-labels, test-images, test-labels`,
    );
  });

  it("with two data sets says so", () => {
    write();
    write({}, (name) => `emnist-digits-${name}`);
    expect(() => loadDataset(folder)).toThrow(
      `${folder} must hold one data set, got emnist-digits, one without a prefix; move the one wanted to a folder of its own`,
    );
  });

  it("that is not there says so", () => {
    const nowhere = join(folder, "nowhere");
    expect(() => loadDataset(nowhere)).toThrow(
      `data must be a folder of IDX files or a Keras .npz; ${nowhere} does not exist`,
    );
  });
});

describe("Keras' layout", () => {
  const bytes = (shape: readonly number[], first = 0): NpyArray => {
    const length = shape.reduce((product, n) => product * n, 1);
    return { data: Uint8Array.from({ length }, (_, i) => (first + 31 * i) % 256), shape };
  };
  const arrays = {
    x_train: bytes([3, 2, 2]),
    y_train: { data: Uint8Array.of(1, 0, 1), shape: [3] },
    x_test: bytes([2, 2, 2], 9),
    y_test: { data: Uint8Array.of(0, 1), shape: [2] },
  };

  function writeArrays(changes: Readonly<Record<string, NpyArray>> = {}): string {
    mkdirSync(folder, { recursive: true });
    const path = join(folder, "set.npz");
    writeNpz(path, { ...arrays, ...changes });
    return path;
  }

  it("gives the same data set that IDX files of the same numbers give", () => {
    const fromArrays = loadDataset(writeArrays());
    const pixels = (i: 0 | 1): number[] => [...(arrays[i === 0 ? "x_train" : "x_test"].data as Uint8Array)];
    write({
      0: Uint8Array.from([0, 0, 8, 3, ...size(3), ...size(2), ...size(2), ...pixels(0)]),
      1: labelsFile(1, 0, 1),
      2: Uint8Array.from([0, 0, 8, 3, ...size(2), ...size(2), ...size(2), ...pixels(1)]),
      3: labelsFile(0, 1),
    });
    const { name, ...rest } = loadDataset(folder);
    expect(name).not.toBe("");
    expect(fromArrays).toEqual({ name: "set", ...rest });
  });

  it("may have channels, labels in a column, and 64-bit labels", () => {
    const path = writeArrays({
      x_train: bytes([3, 2, 2, 3]),
      x_test: bytes([2, 2, 2, 3]),
      y_train: { data: BigInt64Array.of(1n, 0n, 1n), shape: [3, 1] },
    });
    const dataset = loadDataset(path);
    expect(dataset).toMatchObject({ channels: 3, classes: 2 });
    expect([...dataset.train.labels]).toEqual([1, 0, 1]);
  });

  it("may hold floats in [0, 1], which stay as they are", () => {
    const floats = { data: Float64Array.from({ length: 12 }, (_, i) => i / 11), shape: [3, 2, 2] };
    const dataset = loadDataset(
      writeArrays({
        x_train: floats,
        x_test: { data: Float32Array.of(0, 0.25, 0.5, 1, 1, 0, 0, 0), shape: [2, 2, 2] },
      }),
    );
    expect([...gatherPixels(dataset, dataset.train, Int32Array.of(2))]).toEqual(
      [8, 9, 10, 11].map((n) => Math.fround(n / 11)),
    );
  });

  it.each<[string, Readonly<Record<string, NpyArray>>, string]>([
    [
      "floats above 1",
      { x_train: { data: new Float32Array(12).fill(255), shape: [3, 2, 2] } },
      "x_train in PATH must hold floats in [0, 1], got 255; save bytes in [0, 255], or divide by the largest value",
    ],
    [
      "integers for pixels",
      { x_test: { data: new Int32Array(8), shape: [2, 2, 2] } },
      'x_test in PATH must hold bytes or floats, got Int32Array; save bytes, array.astype("uint8")',
    ],
    [
      "flat images",
      { x_train: bytes([3, 4]) },
      "x_train in PATH must have the shape [rows, height, width] or [rows, height, width, channels], got [3,4]",
    ],
    [
      "test images of another size",
      { x_test: bytes([2, 2, 3]) },
      "x_test in PATH must hold images of [2,2,1] as x_train, got [2,3,1]",
    ],
    [
      "one-hot labels",
      { y_train: bytes([3, 2]) },
      "y_train in PATH must have the shape [3], an index for each image, got [3,2]",
    ],
    [
      "half a label",
      { y_test: { data: Float32Array.of(0, 0.5), shape: [2] } },
      "y_test in PATH must hold class indices from 0, got 0.5 at row 1",
    ],
    [
      "a label below 0",
      { y_test: { data: Int32Array.of(-1, 0), shape: [2] } },
      "y_test in PATH must hold class indices from 0, got -1 at row 0",
    ],
  ])("with %s is refused", (_, changes, message) => {
    const path = writeArrays(changes);
    expect(() => loadDataset(path)).toThrow(message.replace("PATH", path));
  });
});
