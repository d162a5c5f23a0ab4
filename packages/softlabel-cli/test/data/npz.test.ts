import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { zipSync } from "fflate";
import { describe, expect, it } from "vitest";
import { formatNpy, type NpyArray, parseNpy } from "../../src/data/npy.ts";
import { formatNpz, readNpz, writeNpz } from "../../src/data/npz.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-npz-"));
const path = join(folder, "arrays.npz");
const fixture = fileURLToPath(new URL("../fixtures/numpy-arrays.npz", import.meta.url));

/** An .npy file of any header; two float32 numbers follow. */
function npy(header: string, version = 1): Uint8Array {
  const length =
    version === 1 ? [header.length & 255, header.length >> 8] : [header.length & 255, header.length >> 8, 0, 0];
  return Uint8Array.from([
    0x93,
    ...Buffer.from("NUMPY"),
    version,
    0,
    ...length,
    ...Buffer.from(header),
    0,
    0,
    128,
    63,
    0,
    0,
    0,
    192,
  ]);
}
const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }\n";

describe("an .npy array", () => {
  it("comes back as it was written, for every kind of numbers and any shape", () => {
    const kinds = [Float32Array, Float64Array, Int8Array, Uint8Array, Int16Array, Uint16Array, Int32Array, Uint32Array];
    const shapes = fc.array(fc.nat(4), { maxLength: 4 });
    fc.assert(
      fc.property(shapes, fc.constantFrom(...kinds), fc.nat(255), (shape, Kind, start) => {
        const size = shape.reduce((product, n) => product * n, 1);
        const array: NpyArray = { data: new Kind(Array.from({ length: size }, (_, i) => start - 7 * i)), shape };
        const bytes = formatNpy(array);
        expect(parseNpy(bytes, "x")).toEqual(array);
        expect((bytes.length - array.data.byteLength) % 64).toBe(0);
      }),
    );
  });

  it("of 64-bit integers keeps every bit", () => {
    const array = { data: BigInt64Array.of(2n ** 62n + 1n, -1n), shape: [2, 1] };
    expect(parseNpy(formatNpy(array), "x")).toEqual(array);
  });

  it("is read in versions 1, 2 and 3, at any offset of a larger buffer", () => {
    for (const version of [1, 2, 3]) {
      const bytes = npy(header, version);
      const larger = new Uint8Array(bytes.length + 3);
      larger.set(bytes, 3);
      expect(parseNpy(larger.subarray(3), "x")).toEqual({ data: Float32Array.of(1, -2), shape: [2] });
    }
  });

  it("in Fortran order is the same with one dimension, and turned with more", () => {
    const fortran = header.replace("False", "True");
    expect(parseNpy(npy(fortran), "x").shape).toEqual([2]);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 2, maxLength: 4 }), (shape) => {
        const size = shape.reduce((product, n) => product * n, 1);
        // The element at indices i, j, … holds its place in C order.
        const data = new Float64Array(size);
        for (let at = 0; at < size; at++) {
          let [rest, place, stride] = [at, 0, 1];
          const indices = shape.toReversed().map((n) => {
            const index = rest % n;
            rest = (rest - index) / n;
            return index;
          });
          for (const [axis, index] of indices.toReversed().entries()) {
            place += index * stride;
            stride *= shape[axis] as number;
          }
          data[place] = at;
        }
        const bytes = formatNpy({ data, shape });
        const text = Buffer.from(bytes).indexOf("False");
        bytes.set(Buffer.from("True "), text);
        expect(parseNpy(bytes, "x")).toEqual({ data: Float64Array.from({ length: size }, (_, i) => i), shape });
      }),
    );
  });

  it.each<[string, Uint8Array, string]>([
    [
      "that is another format",
      Uint8Array.from(Buffer.from("PK and more bytes")),
      "x must be an array in NumPy's .npy format, got other bytes",
    ],
    ["of a later version", npy(header, 4), "x must be .npy version 1, 2 or 3, got 4"],
    ["cut in its header", npy(header).subarray(0, 40), "x must be whole, got an end within its header"],
    ["cut in its data", npy(header).subarray(0, -1), "x must hold 8 bytes after its header (shape [2]), got 7"],
    [
      "of complex numbers",
      npy(header.replace("<f4", "<c8")),
      'x must hold floats, bools or integers of up to 64 bits, got <c8; save array.astype("float32") instead',
    ],
    [
      "of objects",
      npy(header.replace("<f4", "|O")),
      "x must hold floats, bools or integers of up to 64 bits, got |O; save the numbers by themselves, pickled objects are not read",
    ],
    [
      "of records",
      npy("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"),
      `x must hold one plain array of numbers, got the header "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), }"`,
    ],
  ])("%s is refused", (_, bytes, message) => {
    expect(() => parseNpy(bytes, "x")).toThrow(message);
  });
});

describe("an .npz file", () => {
  it("that NumPy wrote, stored or deflated, is read", () => {
    const { floats, doubles, longs, bytes, flags, scalar, empty } = readNpz(fixture);
    expect(floats).toEqual({ data: Float32Array.of(0, 0.5, 1, 1.5, 2, 2.5), shape: [2, 3] });
    expect(doubles).toEqual({ data: Float64Array.of(Math.PI, -0, Number.NaN, Infinity), shape: [4] });
    expect(longs).toEqual({ data: BigInt64Array.of(-1n, 2n ** 40n), shape: [2] });
    expect(bytes).toEqual({ data: Uint8Array.of(0, 255), shape: [1, 2] });
    expect(flags).toEqual({ data: Uint8Array.of(1, 0), shape: [2] });
    expect(scalar).toEqual({ data: Int32Array.of(7), shape: [] });
    expect(empty).toEqual({ data: new Float32Array(0), shape: [0, 3] });
  });

  it("comes back as it was written, all of it or the arrays wanted", () => {
    const a = { data: Float32Array.of(1, 2), shape: [2] };
    const b = { data: Int32Array.of(-3), shape: [1, 1] };
    writeNpz(path, { a, b });
    expect(readNpz(path)).toEqual({ a, b });
    expect(readNpz(path, ["b"])).toEqual({ b });
  });

  it("has the same bytes for the same arrays, whenever it is written", () => {
    const arrays = { a: { data: Float32Array.of(1, 2), shape: [2] } };
    const bytes = Buffer.from(formatNpz(arrays));
    // The first entry's date and time: 1980-01-01 00:00:00, the zip format's zero.
    expect([...bytes.subarray(10, 14)]).toEqual([0, 0, 0x21, 0]);
    expect(Buffer.from(formatNpz(arrays)).equals(bytes)).toBe(true);
  });

  it("without a wanted array says what it holds", () => {
    writeNpz(path, { logits: { data: Float32Array.of(1), shape: [1] } });
    expect(() => readNpz(path, ["logits", "labels"])).toThrow(
      `${path} must hold the arrays logits, labels, got logits`,
    );
    writeFileSync(path, zipSync({ "readme.txt": Uint8Array.of(1) }));
    expect(() => readNpz(path, ["labels"])).toThrow(`${path} must hold the arrays labels, got no arrays`);
  });

  it("that is not one, is cut short or is not there is refused", () => {
    const whole =
      "must be a whole .npz file (a zip of .npy arrays), got one that ends or breaks (no directory at its end)";
    writeFileSync(path, "no zip");
    expect(() => readNpz(path)).toThrow(`${path} ${whole}`);
    writeFileSync(path, readFileSync(fixture).subarray(0, 700));
    expect(() => readNpz(path)).toThrow(`${path} ${whole}`);
    expect(() => readNpz(join(folder, "nowhere.npz"))).toThrow(`${join(folder, "nowhere.npz")} does not exist`);
  });

  it("names the array that is damaged", () => {
    writeFileSync(path, zipSync({ "logits.npy": npy(header).subarray(0, -1) }));
    expect(() => readNpz(path)).toThrow(`logits in ${path} must hold 8 bytes after its header (shape [2]), got 7`);
  });
});
