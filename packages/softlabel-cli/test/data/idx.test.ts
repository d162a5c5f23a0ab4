import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { readIdx } from "../../src/data/idx.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-idx-"));
const path = join(folder, "some-idx-ubyte");

function file(...bytes: readonly number[]): string {
  writeFileSync(path, Uint8Array.from(bytes));
  return path;
}

const size = (n: number): number[] => [n >>> 24, (n >>> 16) & 255, (n >>> 8) & 255, n & 255];
const images = [0, 0, 8, 3, ...size(2), ...size(1), ...size(3), 1, 2, 3, 253, 254, 255];

describe("an IDX file", () => {
  it("of images gives bytes in row-major order and their shape", () => {
    expect(readIdx(file(...images), 3)).toEqual({ data: expect.any(Uint8Array), shape: [2, 1, 3] });
    expect([...readIdx(path, 3).data]).toEqual([1, 2, 3, 253, 254, 255]);
  });

  it("of labels gives a byte for each", () => {
    const { data, shape } = readIdx(file(0, 0, 8, 1, ...size(3), 9, 0, 255), 1);
    expect({ data: [...data], shape }).toEqual({ data: [9, 0, 255], shape: [3] });
  });

  it("is the same gzipped, whatever its name", () => {
    writeFileSync(path, gzipSync(Uint8Array.from(images)));
    expect([...readIdx(path, 3).data]).toEqual([1, 2, 3, 253, 254, 255]);
  });

  it("reads sizes of more than 16 bits", () => {
    writeFileSync(path, Uint8Array.from([0, 0, 8, 1, ...size(70_000), ...new Uint8Array(70_000).fill(7)]));
    expect(readIdx(path, 1).data.length).toBe(70_000);
  });

  const gzip = [...gzipSync(Uint8Array.from(images))];
  it.each<[string, readonly number[], string]>([
    ["is empty", [], "must begin as an IDX file does (00 00 08 03), got an empty file"],
    ["is something else", [0x89, 0x50, 0x4e, 0x47, 1], "must begin as an IDX file does (00 00 08 03), got 89 50 4e 47"],
    ["has an unknown kind of numbers", [0, 0, 7, 3], "must begin as an IDX file does (00 00 08 03), got 00 00 07 03"],
    ["holds floats", [0, 0, 13, 3, ...size(0)], "must hold unsigned bytes, got 32-bit floats"],
    ["holds labels", [0, 0, 8, 1, ...size(1), 4], "must hold images with 3 dimensions, got 1"],
    ["ends in its header", images.slice(0, 14), "must be whole, got an end within its header"],
    ["ends in its data", images.slice(0, -1), "must hold 6 bytes after its header (2 × 1 × 3), got 5"],
    ["goes on after its data", [...images, 0], "must hold 6 bytes after its header (2 × 1 × 3), got 7"],
    [
      "is a gzip file cut short",
      gzip.slice(0, -9),
      "must be a whole gzip file, got one that ends or breaks (unexpected end of file)",
    ],
  ])("that %s is refused", (_, bytes, message) => {
    expect(() => readIdx(file(...bytes), 3)).toThrow(new RangeError(`${path} ${message}`).message);
  });

  it("of images is refused where labels are wanted", () => {
    expect(() => readIdx(file(...images), 1)).toThrow(`${path} must hold labels with 1 dimension, got 3`);
  });

  it("that is not there, or is a folder, says so", () => {
    expect(() => readIdx(join(folder, "nowhere"), 3)).toThrow(`${join(folder, "nowhere")} does not exist`);
    expect(() => readIdx(folder, 3)).toThrow(`${folder} is a folder, not a file`);
  });
});
