import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";
import { optionalParts } from "./optional-parts.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-skips-"));
  // Where vitest looks for itself.
  writeFileSync(join(folder, "package.json"), '{ "type": "module" }');
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs vitest on one file that holds `body`, with the reporter. */
function runTests(body: string, ...words: string[]): { readonly code: number | null; readonly output: string } {
  writeFileSync(join(folder, "a.test.js"), `const { it } = globalThis;\n${body}`);
  const reporter = join(root, "test/optional-parts/skipped-tests-reporter.ts");
  const vitest = join(root, "node_modules/vitest/vitest.mjs");
  const options = ["run", "--root", folder, "--globals", "--reporter", reporter, ...words];
  const { status, stdout, stderr } = spawnSync(process.execPath, [vitest, ...options], {
    cwd: folder,
    encoding: "utf8",
  });
  return { code: status, output: stdout + stderr };
}

const passes = 'it("passes", () => {});';

describe("a run of the tests", () => {
  it("passes when nothing is skipped", () => {
    expect(runTests(passes).code).toBe(0);
  });

  it("fails when a test is skipped without a reason, and when one is still to be written", () => {
    const { code, output } = runTests(`${passes} it.skip("one", () => {}); it.todo("two");`);
    expect(code).toBe(1);
    expect(output).toContain("FAILED: skipped without naming what it needs: a.test.js > one");
    expect(output).toContain("FAILED: skipped without naming what it needs: a.test.js > two");
  });

  it("fails when a test is skipped whose part is there, and passes with its reason where it is not", () => {
    for (const [name, { present, remedy }] of Object.entries(optionalParts)) {
      if (name !== "linux" && name !== "chromium") continue; // one each is enough on most machines
      const { code, output } = runTests(`${passes} it.skip("one [needs ${name}]", () => {});`);
      const reason = present()
        ? `FAILED: skipped though nothing is missing: a.test.js > one [needs ${name}]`
        : `skipped: a.test.js > one [needs ${name}]: ${name} is missing (${remedy})`;
      expect(output).toContain(reason);
      expect(code).toBe(present() ? 1 : 0);
    }
  });

  it("fails when the part is none that is known", () => {
    const { code, output } = runTests(`${passes} it("one", (test) => test.skip("[needs a unicorn]"));`);
    expect(code).toBe(1);
    expect(output).toContain("a unicorn is missing (unknown part)");
  });

  it("minds no skipped tests when someone asked for others by name", () => {
    expect(runTests(`${passes} it.skip("one", () => {});`, "-t", "passes").code).toBe(0);
  });
});
