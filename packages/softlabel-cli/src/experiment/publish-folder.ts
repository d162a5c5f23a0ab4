import { readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";

/**
 * Moves everything in `draft`, which then is gone, into `folder`. A file replaces the one of its name in one step; a
 * folder takes the place of the one of its name, so that nothing of an earlier one stays in it.
 */
export function publishFolder(draft: string, folder: string): void {
  for (const entry of readdirSync(draft, { withFileTypes: true })) {
    const place = join(folder, entry.name);
    if (entry.isDirectory()) rmSync(place, { recursive: true, force: true });
    renameSync(join(draft, entry.name), place);
  }
  rmSync(draft, { recursive: true });
}
