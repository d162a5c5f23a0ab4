import { createHash } from "node:crypto";
import { closeSync, openSync, readdirSync, readSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { ArgumentError } from "softlabel";
import { readingProblem } from "../../data/data-error.ts";
import type { Trainer, TrainerFile } from "./trainer.ts";

/**
 * The files that decide what a trainer does: those named and, of a folder, all in it, but caches and what is hidden.
 *
 * @param option - what an error calls them.
 * @throws {@link ArgumentError} for one that is not there or cannot be read.
 */
export function trainerFiles(paths: readonly string[], option: string): readonly TrainerFile[] {
  return paths.flatMap((path) => filesBelow(path, option)).map((path) => ({ path, hash: hashOf(path, option) }));
}

/** Whether there is a regular file of that name. */
export function isFile(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

/**
 * Checks that a trainer's files are those that its trials' names were made from.
 *
 * @throws Error naming one that has changed since.
 */
export function requireSameFiles({ files = [] }: Trainer): void {
  for (const { path, hash } of files) {
    if (isFile(path) && hashOf(path, "--trainer") === hash) continue;
    throw new Error(
      `the trainer must stay as it was when the command began, got another ${path}; run the command again`,
    );
  }
}

function filesBelow(path: string, option: string): readonly string[] {
  const status = statSync(path, { throwIfNoEntry: false });
  if (status === undefined)
    throw new ArgumentError(`${option} must name files or folders, got ${path}, which does not exist`);
  if (!status.isDirectory()) return [resolve(path)];
  return readdirSync(path, { withFileTypes: true })
    .filter(({ name }) => !name.startsWith(".") && !["__pycache__", "node_modules"].includes(name))
    .map(({ name }) => name)
    .sort()
    .flatMap((name) => filesBelow(join(path, name), option));
}

/** Piece by piece: a trainer may name its data, which is larger than memory. */
function hashOf(path: string, option: string): string {
  const hash = createHash("sha256");
  let file: number | undefined;
  try {
    file = openSync(path, "r");
    const piece = new Uint8Array(2 ** 20);
    for (let count = readSync(file, piece); count > 0; count = readSync(file, piece))
      hash.update(piece.subarray(0, count));
    return hash.digest("hex");
  } catch (error) {
    throw new ArgumentError(`${option} must name readable files, got ${path}, which ${readingProblem(error)}`);
  } finally {
    if (file !== undefined) closeSync(file);
  }
}
