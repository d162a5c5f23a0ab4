import { deflateSync } from "node:zlib";

/** Pixels of a picture, row by row. */
export interface Pixels {
  readonly width: number;
  readonly height: number;
  /** One byte per pixel (grey) or three (red, green, blue). */
  readonly channels: 1 | 3;
  /** [height, width, channels], each 0 … 255. */
  readonly bytes: ArrayLike<number>;
}

/**
 * A PNG file: eight bits per sample, every row unfiltered, one chunk of data.
 *
 * @see https://www.w3.org/TR/png-3/
 */
export function encodePng({ width, height, channels, bytes }: Pixels): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, channels === 1 ? 0 : 2], 8);
  const stride = width * channels;
  // Each row begins with its filter, 0: none.
  const rows = new Uint8Array(height * (stride + 1));
  for (let row = 0; row < height; row++) {
    for (let i = 0; i < stride; i++) rows[row * (stride + 1) + 1 + i] = bytes[row * stride + i] ?? 0;
  }
  const data = deflateSync(rows, { level: 9 });
  return Buffer.concat([signature, chunk("IHDR", header), chunk("IDAT", data), chunk("IEND", Buffer.alloc(0))]);
}

/** {@link encodePng} as a `data:` URI. */
export function pngDataUri(pixels: Pixels): string {
  return `data:image/png;base64,${encodePng(pixels).toString("base64")}`;
}

const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);

function chunk(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, "latin1"), data]);
  const framed = Buffer.alloc(body.length + 8);
  framed.writeUInt32BE(data.length, 0);
  framed.set(body, 4);
  framed.writeUInt32BE(crc32(body), body.length + 4);
  return framed;
}

/** The polynomial of ISO 3309, bits reversed, as PNG's annex D has it. */
function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}
