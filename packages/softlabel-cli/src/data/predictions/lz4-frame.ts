/**
 * The content of an LZ4 frame. The decoders on npm that know frames lose the last bytes of some (lz4js), and those that
 * know blocks cannot follow blocks that refer to the ones before.
 *
 * @throws Error when the frame is damaged, or unpacks to more than `most` bytes.
 * @see https://github.com/lz4/lz4/blob/dev/doc/lz4_Frame_format.md and lz4_Block_format.md
 */
export function decodeLz4Frame(frame: Uint8Array, most: number = 2 ** 31 - 1): Uint8Array {
  const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
  if (frame.length < 11 || view.getUint32(0, true) !== 0x184d2204) throw new Error("no LZ4 frame");
  const flags = frame[4];
  const hasBlockChecksums = (flags & 0x10) !== 0;
  const hasSize = (flags & 0x08) !== 0;
  const hasDictionary = (flags & 0x01) !== 0;
  if (flags >> 6 !== 1 || hasDictionary) throw new Error("an LZ4 frame of another version, or with a dictionary");
  const largestBlock = 2 ** (8 + 2 * ((frame[5] >> 4) & 7));
  let at = hasSize ? 15 : 7;
  const output: Output = { bytes: new Uint8Array(0), length: 0 };
  while (at + 4 <= frame.length) {
    const word = view.getUint32(at, true);
    at += 4;
    if (word === 0) return output.bytes.subarray(0, output.length);
    const size = word & 0x7fffffff;
    if (size > largestBlock || at + size > frame.length) throw new Error("an LZ4 block beyond its frame");
    if (output.length > most) throw new Error(`an LZ4 frame of more than ${most} bytes`);
    makeRoom(output, largestBlock);
    const block = frame.subarray(at, at + size);
    if (word >>> 31 === 1) {
      output.bytes.set(block, output.length);
      output.length += size;
    } else {
      output.length = decodeBlock(block, output.bytes, output.length, output.length + largestBlock);
    }
    at += size + (hasBlockChecksums ? 4 : 0);
  }
  throw new Error("an LZ4 frame without an end");
}

interface Output {
  bytes: Uint8Array;
  length: number;
}

function makeRoom(output: Output, more: number): void {
  if (output.length + more <= output.bytes.length) return;
  const larger = new Uint8Array(Math.max(2 * output.bytes.length, output.length + more));
  larger.set(output.bytes.subarray(0, output.length));
  output.bytes = larger;
}

/**
 * Writes the content of a block behind what came before, to which its matches may reach back.
 *
 * @returns where it ends.
 */
function decodeBlock(block: Uint8Array, output: Uint8Array, start: number, end: number): number {
  let to = start;
  let at = 0;
  const length = (nibble: number): number => {
    let sum = nibble;
    if (nibble === 15) {
      let more: number;
      do {
        more = block[at++] ?? Number.NaN;
        sum += more;
      } while (more === 255);
    }
    return sum;
  };
  while (at < block.length) {
    const token = block[at++];
    const literals = length(token >> 4);
    if (!(at + literals <= block.length && to + literals <= end)) throw new Error("LZ4 literals cut short");
    output.set(block.subarray(at, at + literals), to);
    at += literals;
    to += literals;
    if (at === block.length) return to;
    const offset = block[at] | (block[at + 1] << 8);
    at += 2;
    const match = length(token & 15) + 4;
    if (!(offset > 0 && offset <= to && to + match <= end)) throw new Error("an LZ4 match out of range");
    // Byte by byte: a match may overlap what it writes.
    for (let i = 0; i < match; i++, to++) output[to] = output[to - offset];
  }
  throw new Error("an LZ4 block without its last literals");
}
