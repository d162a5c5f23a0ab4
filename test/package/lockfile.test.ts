import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

interface Locked {
  readonly version?: string;
  readonly link?: boolean;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const { packages }: { packages: Readonly<Record<string, Locked>> } = JSON.parse(
  readFileSync(join(root, "package-lock.json"), "utf8"),
);

describe("package-lock.json", () => {
  it("locks the optional packages of every platform, without which npm ci refuses it", () => {
    const missing = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).filter(
        (name) => !foldersAbove(path).some((folder) => folder + name in packages),
      ),
    );
    expect(missing, "run node scripts/complete-lockfile.js").toEqual([]);
  });

  it("locks the versions of each package.json", () => {
    for (const workspace of ["", "packages/softlabel", "packages/softlabel-cli"]) {
      const manifest = JSON.parse(readFileSync(join(root, workspace, "package.json"), "utf8"));
      const { dependencies, devDependencies, version } = manifest;
      expect(packages[workspace]).toMatchObject(JSON.parse(JSON.stringify({ version, dependencies, devDependencies })));
    }
  });

  it("names no address: every package comes from the registry that npm is set to", () => {
    const addressed = Object.values(packages).filter(({ link, resolved }) => link !== true && resolved !== undefined);
    expect(addressed).toEqual([]);
  });
});

/** The `node_modules/` in which npm looks for what the package at `path` asks for. */
function foldersAbove(path: string): string[] {
  const parents = path
    .split("/node_modules/")
    .map((_, i, parts) => parts.slice(0, parts.length - i).join("/node_modules/"));
  return [...parents.filter((parent) => parent !== "").map((parent) => `${parent}/node_modules/`), "node_modules/"];
}
