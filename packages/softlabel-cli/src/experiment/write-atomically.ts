import { renameSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** Writes a file under a temporary name beside it and renames it: a reader finds the old file or the whole new one. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const temporary = temporaryName(path);
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/** The process that writes, or died writing, a file of such a temporary name; `null` for every other file. */
export function temporaryWriter(name: string): number | null {
  const match = /^\..+\.(\d+)\.unfinished$/.exec(name);
  return match === null ? null : Number(match[1]);
}

function temporaryName(path: string): string {
  return join(dirname(path), `.${basename(path)}.${process.pid}.unfinished`);
}
