import { randomBytes } from "node:crypto";
import { renameSync, writeFileSync } from "node:fs";
import { hostname } from "node:os";
import { basename, dirname, join } from "node:path";

/** Writes a file under a temporary name beside it and renames it: a reader finds the old file or the whole new one. */
export function writeAtomically(path: string, content: string | Uint8Array): void {
  const temporary = temporaryName(path);
  writeFileSync(temporary, content);
  renameSync(temporary, path);
}

/**
 * The name, beside `path`, under which it is written before it is renamed; each call's is another. Containers that share
 * a folder may write the same file, each as its process 1.
 */
export function temporaryName(path: string): string {
  const unique = `${machine()}-${randomBytes(4).toString("hex")}`;
  return join(dirname(path), `.${basename(path)}.${unique}.${process.pid}.unfinished`);
}

/**
 * The process of this machine that writes, or died writing, a file of such a temporary name; `null` for every other file,
 * and for what another machine writes.
 */
export function temporaryWriter(name: string): number | null {
  const [, place, pid] = /^\..+?(?:\.([0-9a-z-]+)-[0-9a-f]{8})?\.(\d+)\.unfinished$/i.exec(name) ?? [];
  return pid === undefined || (place !== undefined && place !== machine()) ? null : Number(pid);
}

/** The host's name as a part of a file's. */
function machine(): string {
  return hostname().replaceAll(/[^0-9a-z-]/gi, "-");
}
