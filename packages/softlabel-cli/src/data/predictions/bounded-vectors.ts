import { ByteBuffer } from "flatbuffers";

/**
 * Makes a vector of an Arrow file's metadata that claims more elements than its message has bytes an error, where the
 * package would walk over every one of them.
 */
export function boundVectors(): void {
  ByteBuffer.prototype.__vector_len = boundedLength;
}

function boundedLength(this: ByteBuffer, offset: number): number {
  const length = this.readInt32(offset + this.readInt32(offset));
  if (length >= 0 && length <= this.capacity()) return length;
  throw new Error(`a list of ${length} in a message of ${this.capacity()} bytes`);
}
