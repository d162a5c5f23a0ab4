import { DataError } from "../data-error.ts";
import type { Contents } from "./contents.ts";
import { contentsOfFields, type GrowingField, growingField } from "./growing-field.ts";

/** Columns and matrices while the records of a table arrive. */
export interface GrowingRecords {
  /** @param row - which record it is, for errors. */
  readonly push: (record: object, row: number) => void;
  readonly finish: () => Contents;
}

/**
 * Gathers records by the names of their fields: a field of numbers or words becomes a column, a field of lists a matrix.
 *
 * @param name - what an error calls the file.
 */
export function growingRecords(name: string): GrowingRecords {
  const fields = new Map<string, GrowingField>();
  let isFirst = true;
  return {
    push(record, row) {
      const given = Object.keys(record);
      if (isFirst) for (const key of given) fields.set(key, growingField(key, name));
      isFirst = false;
      if (given.length !== fields.size || !given.every((key) => fields.has(key))) {
        throw new DataError(
          `${name} must have the same fields in each record, got ${some(given)} at record ${row} after ${some([...fields.keys()])}`,
        );
      }
      for (const key of given) fields.get(key)?.push((record as Record<string, unknown>)[key], row);
    },
    finish: () => contentsOfFields(fields),
  };
}

const some = (names: readonly string[]): string => names.slice(0, 20).join(", ") + (names.length > 20 ? ", …" : "");
