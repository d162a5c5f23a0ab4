import { type AsyncBuffer, type FileMetaData, parquetMetadata, parquetRead } from "hyparquet";
import { compressors } from "hyparquet-compressors";
import { DataError } from "../data-error.ts";
import type { Contents } from "./contents.ts";
import { contentsOfFields, growingField } from "./growing-field.ts";
import { readableColumns, requireLayout } from "./parquet-layout.ts";

/**
 * Reads a Parquet file: its columns of numbers and words, and of lists of them.
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} for a file that is damaged.
 */
export async function readParquet(bytes: Uint8Array, name: string): Promise<Contents> {
  try {
    return await readGroups(bytes, name);
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${name} must be a whole Parquet file, got one that breaks (${(error as Error).message})`);
  }
}

async function readGroups(bytes: Uint8Array, name: string): Promise<Contents> {
  const buffer = bytes.buffer as ArrayBuffer;
  const slice = (start: number, end: number = bytes.length): ArrayBuffer =>
    buffer.slice(bytes.byteOffset + start, bytes.byteOffset + end);
  const metadata = parquetMetadata(bytes.byteLength === buffer.byteLength ? buffer : slice(0));
  requireLayout(metadata, bytes.length);
  const columns = readableColumns(metadata);
  const fields = columns.map((column) => [column.name, growingField(column.name, name, column.single)] as const);
  let start = 0;
  for (const { num_rows } of metadata.row_groups) {
    const end = start + Number(num_rows);
    const pieces = await readGroup(
      { byteLength: bytes.length, slice },
      metadata,
      columns.map((column) => column.name),
      start,
      end,
    );
    for (const [key, field] of fields) {
      let row = start;
      for (const piece of pieces.get(key) ?? []) {
        for (let i = 0; i < piece.length; i++) {
          // What is missing is null; this was never there.
          if (piece[i] === undefined) throw new Error(`${key} without a value at row ${row}`);
          field.push(piece[i], row++);
        }
      }
      if (row !== end) throw new Error(`${row - start} values of ${key} where ${end - start} should be`);
    }
    start = end;
  }
  return contentsOfFields(fields);
}

type Piece = ArrayLike<unknown>;

/** The values of some columns in the rows from `rowStart` to `rowEnd`, which are one group, in pieces. */
async function readGroup(
  file: AsyncBuffer,
  metadata: FileMetaData,
  columns: string[],
  rowStart: number,
  rowEnd: number,
): Promise<ReadonlyMap<string, readonly Piece[]>> {
  const pieces = new Map<string, Piece[]>(columns.map((column) => [column, []]));
  if (columns.length === 0 || rowStart === rowEnd) return pieces;
  await parquetRead({
    ...{ file, metadata, columns, rowStart, rowEnd, compressors },
    onChunk: ({ columnName, columnData }) => pieces.get(columnName)?.push(columnData),
  });
  return pieces;
}
