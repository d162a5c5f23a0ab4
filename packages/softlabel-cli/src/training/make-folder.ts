import { existsSync, mkdirSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ArgumentError } from "softlabel";

/**
 * Makes the folder that `--out` names, and those above it; does nothing where it is there.
 *
 * One by one, because Node's own recursive way never returns where the system refuses, as below /proc.
 * @throws {@link ArgumentError} where a file is in the way, or the system refuses.
 */
export function makeFolder(path: string): void {
  const folder = resolve(path);
  if (existsSync(folder)) {
    if (statSync(folder).isDirectory()) return;
    throw new ArgumentError(`--out must be a folder, or a place for a new one, got the file ${folder}`);
  }
  makeFolder(dirname(folder));
  try {
    mkdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    // Another process may have been quicker.
    if (code === "EEXIST") return;
    throw new ArgumentError(`--out must be a place where a folder can be made, got ${folder} (${code})`);
  }
}
