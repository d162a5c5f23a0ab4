import { inflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { encodePng, pngDataUri } from "../../../src/report/adversarial/png.ts";

/** The chunks of a PNG file, by name. */
function chunksOf(file: Buffer): Map<string, Buffer> {
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < file.length; ) {
    const length = file.readUInt32BE(at);
    chunks.set(file.toString("latin1", at + 4, at + 8), file.subarray(at + 8, at + 8 + length));
    at += length + 12;
  }
  return chunks;
}

describe("encodePng", () => {
  test("begins with the signature and ends with the empty chunk whose checksum the standard prints", () => {
    const file = encodePng({ width: 1, height: 1, channels: 1, bytes: [7] });
    expect([...file.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
    expect(file.subarray(-12).toString("hex")).toBe("0000000049454e44ae426082");
  });

  test.each([
    [1, 0],
    [3, 2],
  ] as const)("of %i channels holds the bytes row by row, each after its filter", (channels, colour) => {
    const bytes = Array.from({ length: 3 * 2 * channels }, (_, i) => (37 * i + 5) % 256);
    const chunks = chunksOf(encodePng({ width: 3, height: 2, channels, bytes }));
    expect([...chunks.keys()]).toEqual(["IHDR", "IDAT", "IEND"]);
    expect(chunks.get("IHDR")?.toString("hex")).toBe(`000000030000000208${`0${colour}`}000000`);
    const stride = 3 * channels;
    expect([...inflateSync(chunks.get("IDAT") as Buffer)]).toEqual([
      0,
      ...bytes.slice(0, stride),
      0,
      ...bytes.slice(stride),
    ]);
  });

  test("as a data URI is base64 of the same file", () => {
    const pixels = { width: 2, height: 1, channels: 1, bytes: [0, 255] } as const;
    const [, base64 = ""] = pngDataUri(pixels).split(/^data:image\/png;base64,/);
    expect(Buffer.from(base64, "base64").equals(encodePng(pixels))).toBe(true);
  });
});
