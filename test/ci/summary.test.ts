import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "softlabel-summary-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

interface Ran {
  readonly code: number | null;
  readonly last: string | undefined;
}

function summarise(report: object | null, ...failedChecks: string[]): Ran {
  const file = join(folder, report === null ? "missing.json" : "report.json");
  if (report !== null) writeFileSync(file, JSON.stringify(report));
  const script = join(root, "scripts/summarise-tests.js");
  const { status, stdout } = spawnSync(process.execPath, [script, file, ...failedChecks], { encoding: "utf8" });
  return { code: status, last: stdout.trimEnd().split("\n").at(-1) };
}

const green = { numPassedTests: 12, numFailedTests: 0, numPendingTests: 0, numTodoTests: 0, testResults: [] };
const unloadedFile = { status: "failed", assertionResults: [] };
const failedFile = { status: "failed", assertionResults: [{ status: "failed" }, { status: "passed" }] };

describe("the closing line of a run", () => {
  it("counts what vitest counted", () => {
    expect(summarise(green)).toEqual({ code: 0, last: "12 passed, 0 failed" });
    expect(summarise({ ...green, numFailedTests: 1, testResults: [failedFile] }, "tests")).toEqual({
      code: 1,
      last: "12 passed, 1 failed",
    });
  });

  it("names skipped tests only when there are any", () => {
    expect(summarise({ ...green, numPendingTests: 2, numTodoTests: 1 })).toEqual({
      code: 0,
      last: "12 passed, 0 failed, 3 skipped",
    });
  });

  it("counts a file that does not load, which has no tests", () => {
    expect(summarise({ ...green, testResults: [unloadedFile] }, "tests").last).toBe("12 passed, 1 failed");
  });

  it("counts every other check that failed", () => {
    expect(summarise(green, "lint", "types")).toEqual({ code: 1, last: "12 passed, 2 failed" });
  });

  it("counts the tests themselves when they failed for another reason than a test", () => {
    expect(summarise(green, "tests")).toEqual({ code: 1, last: "12 passed, 1 failed" });
  });

  it("fails without a report, and when nothing passed", () => {
    expect(summarise(null, "install", "tests")).toEqual({ code: 1, last: "0 passed, 2 failed" });
    expect(summarise({ ...green, numPassedTests: 0 }).code).toBe(1);
  });
});
