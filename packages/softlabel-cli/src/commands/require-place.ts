import { existsSync, mkdtempSync, rmdirSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { makeFolder } from "../training/make-folder.ts";
import { UsageError } from "./console.ts";

/**
 * Refuses an `--out` that cannot become a folder of this user's files, before any work is done for it.
 *
 * By doing it, since permissions alone do not tell; what is made for that is taken away again, so that a command that
 * fails leaves no empty folder.
 *
 * @throws {@link UsageError} or ArgumentError naming the place.
 */
export function requireFolderPlace(path: string): void {
  const folder = resolve(path);
  const missing = missingFolders(folder);
  try {
    makeFolder(folder);
    requireWritable(folder);
  } finally {
    for (const made of missing) removeEmpty(made);
  }
}

/** The same of an `--out` that becomes one file; one that is there may be written over. */
export function requireFilePlace(path: string): void {
  const file = resolve(path);
  if (existsSync(file) && statSync(file).isDirectory())
    throw new UsageError(`--out must be a file, got the folder ${file}`);
  const above = nearestThere(dirname(file));
  if (!statSync(above).isDirectory())
    throw new UsageError(`--out must lie in a folder, got ${file} below the file ${above}`);
  requireFolderPlace(dirname(file));
}

/** The folders on the way there that are still to be made, the lowest first. */
function missingFolders(folder: string): readonly string[] {
  return existsSync(folder) ? [] : [folder, ...missingFolders(dirname(folder))];
}

function nearestThere(path: string): string {
  return existsSync(path) ? path : nearestThere(dirname(path));
}

function requireWritable(folder: string): void {
  try {
    rmdirSync(mkdtempSync(join(folder, ".softlabel.")));
  } catch (error) {
    throw new UsageError(
      `--out must be a folder that can be written to, got ${folder} (${(error as NodeJS.ErrnoException).code})`,
    );
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // It was never made, or another process works in it by now.
  }
}
