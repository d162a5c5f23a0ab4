import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, onTestFinished } from "vitest";

/**
 * A module of this folder as JavaScript, made from the source as it is now, to be run by a process of its own; gone when
 * the file's tests are over.
 */
export function buildModule(name: "fake-worker" | "fake-waiting-worker" | "fake-parent"): URL {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-worker-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  const outfile = join(folder, `${name}.mjs`);
  const entry = fileURLToPath(new URL(`${name}.ts`, import.meta.url));
  buildSync({ entryPoints: [entry], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
  return pathToFileURL(outfile);
}

/** An empty folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-experiment-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
