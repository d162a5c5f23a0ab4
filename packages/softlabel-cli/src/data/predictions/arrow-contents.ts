import { CompressionType, compressionRegistry, RecordBatchReader, Table, type Vector } from "apache-arrow";
import { decompress as decodeZstd } from "fzstd";
import { DataError } from "../data-error.ts";
import { isReadable, isSingle, requireBuffers } from "./arrow-layout.ts";
import { countBatches } from "./arrow-stream.ts";
import { boundVectors } from "./bounded-vectors.ts";
import type { Contents } from "./contents.ts";
import { contentsOfFields, type GrowingField, growingField } from "./growing-field.ts";
import { decodeLz4Frame } from "./lz4-frame.ts";

/**
 * Reads Apache Arrow's file or stream format (Feather, version 2), plain or compressed by LZ4 or Zstandard: its columns
 * of numbers and words, and of lists of numbers.
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} for a file that is damaged.
 */
export function readArrow(bytes: Uint8Array, name: string): Contents {
  boundVectors();
  compressionRegistry.set(CompressionType.LZ4_FRAME, { decode: (frame) => decodeLz4Frame(frame) });
  compressionRegistry.set(CompressionType.ZSTD, { decode: (frame) => decodeZstd(frame) });
  try {
    return contentsOfTable(tableOf(bytes), name);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${name} must be a whole Arrow file, got one that breaks (${(error as Error).message})`);
  }
}

function tableOf(bytes: Uint8Array): Table {
  const reader = RecordBatchReader.from(bytes).open();
  if (!reader.isFile()) {
    const count = countBatches(bytes);
    const batches = count === 0 ? [] : [...reader];
    if (batches.length !== count) throw new Error(`${batches.length} batches where ${count} should be`);
    return new Table(reader.schema, batches);
  }
  // One by one: the reader's own walk never ends where a batch of the index is something else.
  const batches = Array.from({ length: reader.numRecordBatches }, (_, at) => {
    const batch = reader.readRecordBatch(at);
    if (batch === null) throw new Error(`no batch ${at}`);
    return batch;
  });
  return new Table(reader.schema, batches);
}

function contentsOfTable(table: Table, name: string): Contents {
  const fields = table.schema.fields.flatMap(({ name: key, type }, at) => {
    if (!isReadable(type)) return [];
    const field = growingField(key, name, isSingle(type));
    for (const batch of table.batches) requireBuffers(batch.data.children[at], batch.numRows);
    const column = table.getChildAt(at);
    if (column !== null) pushColumn(field, column);
    return [[key, field] as const];
  });
  return contentsOfFields(fields);
}

function pushColumn(field: GrowingField, column: Vector): void {
  let row = 0;
  for (const value of column) {
    const isVector = typeof value === "object" && value !== null && "toArray" in value;
    field.push(isVector ? (value as Vector).toArray() : value, row++);
  }
}
