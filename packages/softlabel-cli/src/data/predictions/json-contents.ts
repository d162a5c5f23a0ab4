import { DataError } from "../data-error.ts";
import type { NpyArray } from "../npy.ts";
import type { Contents } from "./contents.ts";
import { arrayOfNested } from "./nested-arrays.ts";
import { growingRecords } from "./record-contents.ts";

/**
 * Reads JSON: an object of lists by name, `{ "logits": [[…], …], "labels": […] }`, or a list of records,
 * `[{ "logits": […], "label": 3 }, …]`; or JSON Lines, a record a line.
 *
 * @param name - what an error calls it.
 * @throws {@link DataError} for anything else.
 */
export function readJson(bytes: Uint8Array, name: string): Contents {
  const text = decode(bytes, name);
  // A record ends where its line does, and more follow: JSON Lines.
  const lines = /^\s*\{[^\n]*\}[ \t\r]*\n[ \t\r]*\{/.test(text.slice(0, 2 ** 20)) || !parses(text);
  return lines ? readLines(text, name) : readDocument(JSON.parse(text), name);
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new DataError(`${name} must be text in UTF-8 of at most 512 MB, got other bytes`);
  }
}

function parses(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function readLines(text: string, name: string): Contents {
  const records = growingRecords(name);
  let row = 0;
  for (const [at, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue;
    records.push(parseRecord(line, `line ${at + 1}`, name), row++);
  }
  return records.finish();
}

function parseRecord(line: string, where: string, name: string): object {
  let record: unknown;
  try {
    record = JSON.parse(line);
  } catch {
    const remedy = /\b(?:NaN|Infinity)\b/.test(line) ? "; JSON has no NaN and no Infinity, write null" : "";
    throw new DataError(`${name} must be JSON, got ${JSON.stringify(line.slice(0, 60))} on ${where}${remedy}`);
  }
  return requireRecord(record, where, name);
}

function requireRecord(value: unknown, where: string, name: string): object {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return value;
  // A list may be nested too deep to be written out.
  const found = Array.isArray(value) ? "a list" : JSON.stringify(value).slice(0, 60);
  throw new DataError(`${name} must hold one record a row, got ${found} at ${where}`);
}

function readDocument(value: unknown, name: string): Contents {
  if (Array.isArray(value)) {
    const records = growingRecords(name);
    for (const [row, record] of value.entries()) records.push(requireRecord(record, `record ${row}`, name), row);
    return records.finish();
  }
  const arrays = new Map<string, NpyArray>();
  const words = new Map<string, readonly string[]>();
  const others: string[] = [];
  for (const [key, list] of Object.entries(requireRecord(value, "its beginning", name))) {
    if (!Array.isArray(list)) continue;
    const array = arrayOfNested(list, `${key} in ${name}`);
    if (array) arrays.set(key, array);
    else if (list.every((word) => typeof word === "string")) words.set(key, list);
    else others.push(key);
  }
  return { arrays, words, others };
}
