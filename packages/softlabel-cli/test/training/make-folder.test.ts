import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { afterAll, describe, expect, it } from "vitest";
import { makeFolder } from "../../src/training/make-folder.ts";

const root = mkdtempSync(join(tmpdir(), "softlabel-folder-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("the folder of --out", () => {
  it("is made with those above it, and stays what it is when it is there", () => {
    const folder = join(root, "a/b/c");
    makeFolder(folder);
    writeFileSync(join(folder, "kept"), "");
    makeFolder(folder);
    expect(statSync(folder).isDirectory()).toBe(true);
    expect(existsSync(join(folder, "kept"))).toBe(true);
  });

  it("cannot be a file, nor lie below one", () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    const message = `--out must be a folder, or a place for a new one, got the file ${file}`;
    expect(() => makeFolder(file)).toThrow(new ArgumentError(message));
    expect(() => makeFolder(join(file, "below"))).toThrow(new ArgumentError(message));
  });

  it.skipIf(process.platform !== "linux")("is refused where the system refuses, at once [needs linux]", () => {
    const message = "--out must be a place where a folder can be made, got /proc/softlabel (ENOENT)";
    expect(() => makeFolder("/proc/softlabel/run")).toThrow(new ArgumentError(message));
  });
});
