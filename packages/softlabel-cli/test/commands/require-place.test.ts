import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { requireFilePlace, requireFolderPlace } from "../../src/commands/require-place.ts";

const root = mkdtempSync(join(tmpdir(), "softlabel-place-"));
afterAll(() => rmSync(root, { recursive: true }));
const file = join(root, "file.npz");
writeFileSync(file, "");

describe("the place of --out", () => {
  it("may be a folder that is there or can be made, and is left as it was", () => {
    mkdirSync(join(root, "there"));
    writeFileSync(join(root, "there/kept"), "");
    for (const place of ["there", "new", "new/deep/deeper"]) requireFolderPlace(join(root, place));
    for (const place of ["there/new.npz", "new/deep/new.npz", "file.npz"]) requireFilePlace(join(root, place));
    expect(readdirSync(root).sort()).toEqual(["file.npz", "there"]);
    expect(readdirSync(join(root, "there"))).toEqual(["kept"]);
  });

  it("that is to be one file cannot be a folder, nor lie below a file", () => {
    expect(() => requireFilePlace(root)).toThrow(`--out must be a file, got the folder ${root}`);
    expect(() => requireFilePlace(join(file, "a/b.npz"))).toThrow(
      `--out must lie in a folder, got ${join(file, "a/b.npz")} below the file ${file}`,
    );
  });

  it.skipIf(process.platform !== "linux")("is refused where the system refuses [needs linux]", () => {
    expect(() => requireFilePlace("/proc/softlabel/out.npz")).toThrow(
      "--out must be a place where a folder can be made, got /proc/softlabel (ENOENT)",
    );
    expect(() => requireFolderPlace("/proc/self/task")).toThrow(
      /^--out must be a folder that can be written to, got \/proc\/self\/task \(\w+\)$/,
    );
  });
});

describe("a wrong --out is refused before anything is read:", () => {
  const folder = `--out must be a folder, or a place for a new one, got the file ${file}`;
  it.each<[string, readonly string[], string]>([
    // The files and data sets that are named do not exist, which is said only by those who look for them.
    ["evaluate", ["none.npz", "--out", file], folder],
    ["evaluate --json", ["none.npz", "--json", "--out", join(file, "below")], folder],
    ["compare", ["--data", "none", "--out", file], folder],
    ["train", ["--data", "none", "--out", join(file, "below")], folder],
    [
      "apply",
      ["none.json", "none.npz", "--out", join(root, "folder.npz")],
      `got the folder ${join(root, "folder.npz")}`,
    ],
  ])("%s", async (command, words, sentence) => {
    mkdirSync(join(root, "folder.npz"), { recursive: true });
    let stderr = "";
    const code = await runCommandLine([...command.split(" ").slice(0, 1), ...words], {
      write: (text) => {
        stderr += text;
      },
    });
    expect(code).toBe(2);
    expect(stderr).toContain(sentence);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });

  it("and one that is right is not left behind by a command that fails", async () => {
    const out = join(root, "unused/out");
    expect(await runCommandLine(["evaluate", "none.npz", "--out", out], { write: () => {} })).toBe(2);
    expect(existsSync(join(root, "unused"))).toBe(false);
  });
});
