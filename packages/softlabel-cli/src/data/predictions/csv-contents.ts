import { Readable } from "node:stream";
import { type CsvError, parse } from "csv-parse";
import { DataError } from "../data-error.ts";
import type { Contents } from "./contents.ts";
import { contentsOf, type GrowingColumn, growingColumn } from "./growing-column.ts";

/** A table of more columns is no predictions of a classifier that anyone trains. */
const mostColumns = 200_000;
/** Bytes that one line may take. */
const longestLine = 16 * 2 ** 20;

/**
 * Reads a table of comma- or tab-separated values; the first line names the columns, or, where it is all numbers, they
 * are named 0, 1, 2, ….
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} for a table whose rows differ in length, or of more columns or longer lines than make sense.
 */
export async function readCsv(bytes: Uint8Array, name: string): Promise<Contents> {
  const delimiter = delimiterOf(bytes);
  requireColumns(bytes, delimiter, name);
  const parser = parse({
    delimiter,
    bom: true,
    skip_empty_lines: true,
    max_record_size: longestLine,
    relax_column_count: false,
  });
  Readable.from(chunksOf(bytes), { objectMode: false }).pipe(parser);
  let columns: readonly GrowingColumn[] | undefined;
  try {
    for await (const record of parser as AsyncIterable<readonly string[]>) {
      if (columns === undefined) {
        columns = columnsOf(record, name);
        if (isHeader(record)) continue;
      }
      for (let i = 0; i < columns.length; i++) columns[i].push(record[i]);
    }
  } catch (error) {
    if (error instanceof DataError) throw error;
    throw new DataError(`${name} must be a whole table of values, got ${problem(error as CsvError)}`);
  }
  if (columns === undefined) throw new DataError(`${name} must have at least one line, got none`);
  return contentsOf(columns);
}

function problem(error: CsvError): string {
  switch (error.code) {
    case "CSV_RECORD_INCONSISTENT_FIELDS_LENGTH":
    case "CSV_RECORD_INCONSISTENT_COLUMNS": {
      const found = (error as { record?: readonly string[] }).record?.length;
      return `${found ?? "another number of"} values on line ${error.lines}, unlike the first line`;
    }
    case "CSV_MAX_RECORD_SIZE":
      return `a line of more than ${longestLine} bytes`;
    default:
      return error.message;
  }
}

const isHeader = (record: readonly string[]): boolean =>
  record.some((cell) => cell.trim() !== "" && Number.isNaN(Number(cell)) && !/^[-+]?(?:nan|inf)$/i.test(cell.trim()));

function columnsOf(first: readonly string[], name: string): readonly GrowingColumn[] {
  const names = isHeader(first) ? first.map((cell) => cell.trim()) : first.map((_, i) => `${i}`);
  const seen = new Set<string>();
  for (const column of names) {
    if (seen.has(column)) throw new DataError(`${name} must have columns of different names, got ${column} twice`);
    seen.add(column);
  }
  return names.map(growingColumn);
}

/** A tab where the first line has one. */
function delimiterOf(bytes: Uint8Array): string {
  const line = firstLine(bytes);
  return line.includes(9) ? "\t" : line.includes(44) || !line.includes(59) ? "," : ";";
}

/** Counted before the parser sees them, which takes its time over as many. */
function requireColumns(bytes: Uint8Array, delimiter: string, name: string): void {
  const code = delimiter.charCodeAt(0);
  let columns = 1;
  for (const byte of firstLine(bytes)) if (byte === code) columns++;
  if (columns > mostColumns) throw new DataError(`${name} must have at most ${mostColumns} columns, got ${columns}`);
}

function firstLine(bytes: Uint8Array): Uint8Array {
  const end = bytes.indexOf(10);
  return bytes.subarray(0, Math.min(end < 0 ? bytes.length : end, longestLine));
}

function* chunksOf(bytes: Uint8Array): Generator<Buffer> {
  const size = 2 ** 16;
  for (let at = 0; at < bytes.length; at += size) yield Buffer.from(bytes.subarray(at, at + size));
}
