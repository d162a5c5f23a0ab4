import { crc32, inflateRawSync } from "node:zlib";

/** One file of a zip archive. */
export interface ZipEntry {
  readonly name: string;
  /** Its bytes lie deflated, not as they are. */
  readonly isDeflated: boolean;
  /** Where its bytes begin in the archive. */
  readonly start: number;
  /** How many they are there. */
  readonly size: number;
  /** How many they claim to be when unpacked. */
  readonly originalSize: number;
  readonly crc: number;
}

/**
 * Lists a zip archive's files from its directory. Nothing is unpacked, nothing written; names are only names.
 *
 * @throws Error for an archive that is damaged, encrypted, or whose files share bytes, as those of a zip bomb do.
 * @see PKWARE, APPNOTE.TXT, .ZIP File Format Specification
 */
export function zipEntries(bytes: Uint8Array): readonly ZipEntry[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const { count, start } = findDirectory(view);
  const entries: ZipEntry[] = [];
  let at = start;
  // Each entry takes 46 bytes or more: a claim of too many ends at the archive's end.
  for (let i = 0; i < count; i++) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error("a directory that breaks");
    entries.push(readEntry(view, at));
    at += 46 + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  let end = 0;
  for (const entry of entries.toSorted((a, b) => a.start - b.start)) {
    if (entry.start < end || entry.start + entry.size > start) throw new Error(`${entry.name} lies outside its place`);
    end = entry.start + entry.size;
  }
  return entries;
}

/** The directory's place, in the last record of the archive or in its successor of 64 bits. */
function findDirectory(view: DataView): { readonly count: number; readonly start: number } {
  const first = Math.max(0, view.byteLength - 22 - 0xffff);
  let at = view.byteLength - 22;
  while (at >= first && view.getUint32(at, true) !== 0x06054b50) at--;
  if (at < first) throw new Error("no directory at its end");
  const count = view.getUint16(at + 10, true);
  const start = view.getUint32(at + 16, true);
  if (at < 20 || view.getUint32(at - 20, true) !== 0x07064b50) return { count, start };
  const larger = long(view, at - 12);
  if (view.getUint32(larger, true) !== 0x06064b50) throw new Error("a directory that breaks");
  return { count: long(view, larger + 32), start: long(view, larger + 48) };
}

function readEntry(view: DataView, at: number): ZipEntry {
  const nameLength = view.getUint16(at + 28, true);
  const name = Buffer.from(view.buffer, view.byteOffset + at + 46, nameLength).toString();
  const method = view.getUint16(at + 10, true);
  if ((view.getUint16(at + 8, true) & 1) !== 0) throw new Error(`${name} is encrypted`);
  if (method !== 0 && method !== 8) throw new Error(`${name} is packed by method ${method}`);
  const larger = longFields(view, at + 46 + nameLength, view.getUint16(at + 30, true));
  const field = (place: number): number => {
    const value = view.getUint32(at + place, true);
    return value === 0xffffffff ? (larger.shift() ?? value) : value;
  };
  const originalSize = field(24);
  const size = field(20);
  const local = field(42);
  if (view.getUint32(local, true) !== 0x04034b50) throw new Error(`${name} does not begin where it should`);
  const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
  return { name, isDeflated: method === 8, start, size, originalSize, crc: view.getUint32(at + 16, true) };
}

/** What the extra field of 64-bit sizes holds, in its order. */
function longFields(view: DataView, start: number, length: number): number[] {
  for (let at = start; at + 4 <= start + length; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    return Array.from({ length: view.getUint16(at + 2, true) >> 3 }, (_, i) => long(view, at + 4 + 8 * i));
  }
  return [];
}

const long = (view: DataView, at: number): number => Number(view.getBigUint64(at, true));

/**
 * The bytes of one file of an archive.
 *
 * A stored file's bytes are a view of the archive's, which are moved by up to 7 places, onto their own header, so that
 * numbers in them are aligned: a large archive is in memory only once, and can be unpacked only once.
 *
 * @throws Error when they are not those whose checksum the archive has.
 */
export function takeEntry(
  archive: Uint8Array,
  { name, isDeflated, start, size, originalSize, crc }: ZipEntry,
): Uint8Array {
  const packed = archive.subarray(start, start + size);
  const unpacked = isDeflated ? inflateRawSync(packed, { maxOutputLength: Math.max(originalSize, 1) }) : packed;
  if (unpacked.length !== originalSize) throw new Error(`${name} has ${unpacked.length} bytes, not ${originalSize}`);
  if (crc32(unpacked) !== crc) throw new Error(`${name} has another checksum`);
  if (isDeflated) return new Uint8Array(unpacked.buffer, unpacked.byteOffset, unpacked.length);
  const moved = start - ((archive.byteOffset + start) % 8);
  archive.copyWithin(moved, start, start + size);
  return archive.subarray(moved, moved + size);
}
