import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

const read = (path: string): Record<string, Record<string, string>> =>
  JSON.parse(readFileSync(join(root, path), "utf8"));

const library = read("packages/softlabel/package.json");
const laboratory = read("packages/softlabel-cli/package.json");
const workspace = read("package.json");

describe("the library's package.json", () => {
  it("has no runtime dependency", () => {
    expect(library).not.toHaveProperty("dependencies");
    expect(library).not.toHaveProperty("optionalDependencies");
    expect(library).not.toHaveProperty("bundledDependencies");
  });

  it("asks for a peer only where it is optional", () => {
    const peers = Object.keys(library.peerDependencies ?? {});
    const meta: Record<string, unknown> = library.peerDependenciesMeta ?? {};
    expect(peers.filter((peer) => JSON.stringify(meta[peer]) !== '{"optional":true}')).toEqual([]);
  });

  it("runs no script on the machine that installs it", () => {
    const scripts = Object.keys(library.scripts ?? {});
    expect(scripts.filter((name) => /^(pre|post)?install$|^prepare$/.test(name))).toEqual([]);
  });

  it("exports an entry point for every index.ts, each with its types", () => {
    for (const [entry, target] of Object.entries(library.exports ?? {}) as [string, unknown][]) {
      if (entry === "./package.json") continue;
      // They live with the kernels that they are made of.
      const ofKernels = entry === "./linear" || entry === "./threads";
      const room = ofKernels ? `kernels/${entry.slice(2)}` : entry.slice(2);
      const path = entry === "." ? "index" : `${room}/index`;
      expect(target).toEqual({ types: `./dist/${path}.d.ts`, default: `./dist/${path}.js` });
      expect(existsSync(join(root, `packages/softlabel/src/${path}.ts`))).toBe(true);
    }
  });
});

describe("every package.json", () => {
  it("pins the exact version of every dependency", () => {
    const versions = [library, laboratory, workspace].flatMap((manifest) =>
      Object.entries({ ...manifest.dependencies, ...manifest.devDependencies }),
    );
    expect(versions.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version))).toEqual([]);
  });

  it("asks for the same Node", () => {
    expect(new Set([library, laboratory, workspace].map((manifest) => manifest.engines?.node)).size).toBe(1);
  });

  it("comes with the licence", () => {
    const licence = readFileSync(join(root, "LICENSE"), "utf8");
    for (const folder of ["packages/softlabel", "packages/softlabel-cli"]) {
      expect(readFileSync(join(root, folder, "LICENSE"), "utf8")).toBe(licence);
    }
    expect([library, laboratory, workspace].map((manifest) => manifest.license)).toEqual(["MIT", "MIT", "MIT"]);
  });

  it("the laboratory depends on the library's own version", () => {
    expect(laboratory.dependencies?.softlabel).toBe(library.version);
    expect(laboratory.version).toBe(library.version);
  });
});

describe("CONTRIBUTING.md", () => {
  it("gives a line of reason for every dependency, and for nothing else", () => {
    const text = readFileSync(join(root, "CONTRIBUTING.md"), "utf8");
    const section =
      text.slice(text.indexOf("## Dependencies")).split("\n## ")[1] ?? text.slice(text.indexOf("## Dependencies"));
    const explained = [...section.matchAll(/^\| `([^`]+)` +\| \S.{10,}\|$/gm)].map(([, name]) => name).sort();
    const installed = [laboratory, workspace]
      .flatMap((manifest) => Object.keys({ ...manifest.dependencies, ...manifest.devDependencies }))
      .filter((name) => name !== "softlabel")
      .sort();
    expect(explained).toEqual([...new Set(installed)]);
  });
});
