import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type LabelledImages, loadDataset } from "../../../src/data/dataset.ts";

/** Writes the first rows of MNIST as a folder of four IDX files: real digits, and an experiment of seconds. */
export function writeMnistRows(folder: string, { train, test }: { train: number; test: number }): void {
  const mnist = loadDataset(null);
  mkdirSync(folder, { recursive: true });
  writePart(folder, "train", mnist.train, train);
  writePart(folder, "t10k", mnist.test, test);

  function writePart(place: string, name: string, { images, labels }: LabelledImages, rows: number): void {
    const { height, width } = mnist;
    const pixels = Uint8Array.from(images.subarray(0, rows * height * width));
    writeFileSync(join(place, `${name}-images-idx3-ubyte`), idx([rows, height, width], pixels));
    writeFileSync(join(place, `${name}-labels-idx1-ubyte`), idx([rows], Uint8Array.from(labels.subarray(0, rows))));
  }
}

/** Magic number (unsigned bytes, rank), the sizes as big-endian 32-bit integers, the bytes. */
function idx(shape: readonly number[], bytes: Uint8Array): Buffer {
  const header = Buffer.alloc(4 + 4 * shape.length);
  header.set([0, 0, 0x08, shape.length]);
  for (const [axis, size] of shape.entries()) header.writeUInt32BE(size, 4 + 4 * axis);
  return Buffer.concat([header, bytes]);
}
