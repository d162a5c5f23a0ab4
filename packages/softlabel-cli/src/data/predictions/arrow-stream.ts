import { ByteBuffer } from "flatbuffers";

/** The number of a record batch among the kinds of messages. */
const recordBatch = 3;

/**
 * Counts the batches of an Arrow stream by its frames alone: the package takes a damaged frame for the stream's end, and
 * would lose what follows in silence.
 *
 * @throws Error for a frame that is damaged, or bytes behind the end.
 * @see https://arrow.apache.org/docs/format/Columnar.html, encapsulated message format
 */
export function countBatches(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let batches = 0;
  let at = 0;
  while (at < bytes.length) {
    if (view.getUint32(at, true) !== 0xffffffff) throw new Error(`no message at byte ${at}`);
    const length = view.getInt32(at + 4, true);
    at += 8;
    if (length === 0) {
      if (at === bytes.length) break;
      throw new Error(`${bytes.length - at} bytes behind its end`);
    }
    const { kind, bodyLength } = messageOf(bytes.subarray(at, at + length));
    if (kind === recordBatch) batches++;
    at += length + bodyLength;
    if (!(length > 0 && bodyLength >= 0 && at <= bytes.length)) throw new Error("a message beyond its end");
  }
  return batches;
}

/** The fields of a message that frame it, by their places in its table. */
function messageOf(metadata: Uint8Array): { readonly kind: number; readonly bodyLength: number } {
  const buffer = new ByteBuffer(metadata);
  const table = buffer.readInt32(0);
  const [kindAt, lengthAt] = [6, 10].map((place) => buffer.__offset(table, place)) as [number, number];
  return {
    kind: kindAt === 0 ? 0 : buffer.readUint8(table + kindAt),
    bodyLength: lengthAt === 0 ? 0 : Number(buffer.readInt64(table + lengthAt)),
  };
}
