import { FolderLockedError } from "../folder-lock.ts";
import { sweep } from "../sweep.ts";

/**
 * Puts in order what dead processes of this machine left half-done, while others work in the same folder: what they do
 * is left alone, and what another sweeps at the same moment is swept once.
 */
export async function sweepDead(experiment: string): Promise<void> {
  try {
    await sweep(experiment, 0);
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    if (!(error instanceof FolderLockedError) && !["ENOENT", "ENOTEMPTY", "EEXIST"].includes(code)) throw error;
  }
}
