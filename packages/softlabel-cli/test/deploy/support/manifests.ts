import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseAllDocuments } from "yaml";

export const deployFolder: string = fileURLToPath(new URL("../../../../../deploy", import.meta.url));

/** The documents of a YAML file, as a tool that reads it sees them. */
export function documentsOf(name: string): readonly unknown[] {
  return parseAllDocuments(readFileSync(`${deployFolder}/${name}`, "utf8")).map((document) => {
    if (document.errors.length > 0) throw document.errors[0];
    return document.toJS() as unknown;
  });
}

/** Everything below a value that has a key, in depth-first order. */
export function valuesOf(value: unknown, key: string): readonly unknown[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([name, inside]) => [
    ...(name === key ? [inside as unknown] : []),
    ...valuesOf(inside, key),
  ]);
}
