import { RecordBatch } from "apache-arrow/fb/record-batch";
import { ByteBuffer } from "flatbuffers";

/**
 * Makes a number in an Arrow file's metadata an error where the package would walk over more than there is: a vector of
 * more elements than its message has bytes, and a column of words in more buffers than its batch has.
 */
export function boundVectors(): void {
  ByteBuffer.prototype.__vector_len = boundedLength;
  RecordBatch.prototype.variadicBufferCounts = boundedCount;
}

function boundedLength(this: ByteBuffer, offset: number): number {
  const length = this.readInt32(offset + this.readInt32(offset));
  if (length >= 0 && length <= this.capacity()) return length;
  throw new Error(`a list of ${length} in a message of ${this.capacity()} bytes`);
}

const countOf = RecordBatch.prototype.variadicBufferCounts;

function boundedCount(this: RecordBatch, index: number): bigint | null {
  const count = countOf.call(this, index);
  if (count === null || (count >= 0n && count <= BigInt(this.buffersLength()))) return count;
  throw new Error(`words in ${count} buffers of a batch of ${this.buffersLength()}`);
}
