import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { buildSync } from "esbuild";
import { afterAll, onTestFinished } from "vitest";

/**
 * A module of this folder as JavaScript, made from the source as it is now, to be run by a process of its own, with the
 * host of trainers that are modules beside it; gone when the file's tests are over.
 */
export function buildModule(name: "fake-worker" | "fake-waiting-worker" | "fake-parent"): URL {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-worker-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
  const build = (entry: string, file: string): string => {
    const outfile = join(folder, file);
    const entryPoints = [fileURLToPath(new URL(entry, import.meta.url))];
    buildSync({ entryPoints, outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
    return outfile;
  };
  build("../../../src/experiment/trainers/module-host.ts", "module-host.js");
  return pathToFileURL(build(`${name}.ts`, `${name}.js`));
}

/** An empty folder that is gone when the test is over. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-experiment-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}
