import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface ServerFolder {
  readonly path: string;
  remove(): void;
}

/** An empty folder for a server's data that is gone with this process at the latest. */
export function serverFolder(name: string): ServerFolder {
  const path = mkdtempSync(join(tmpdir(), `softlabel-${name}-`));
  const remove = (): void => {
    process.off("exit", remove);
    // A killed server's last process may still be leaving a file.
    rmSync(path, { recursive: true, force: true, maxRetries: 5 });
  };
  process.on("exit", remove);
  return { path, remove };
}
