import { readFileSync } from "node:fs";
import { builtinModules } from "node:module";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { findSpecifiers, type Import, importsOf, root, sourceFiles } from "./imports.ts";

/** Each room and the rooms that it may import; a room that is not listed may not exist. */
const library: Rooms = {
  core: [],
  kernels: ["core"],
  tfjs: ["core", "kernels"],
  jax: ["core", "kernels"],
  calibration: ["core", "statistics"],
  statistics: ["core"],
};

const laboratory: Rooms = {
  data: [],
  models: ["data"],
  attacks: ["data"],
  training: ["data", "models", "attacks"],
  experiment: ["data", "models", "attacks", "training"],
  evaluation: ["data", "experiment"],
  report: ["data", "models", "training", "experiment", "evaluation"],
  commands: ["data", "models", "training", "experiment", "evaluation", "report"],
};

type Rooms = Readonly<Record<string, readonly string[]>>;

const librarySource = join(root, "packages/softlabel/src");
const laboratorySource = join(root, "packages/softlabel-cli/src");

describe("the parser behind these checks", () => {
  it("finds imports of values and types, re-exports, and dynamic and inline ones", () => {
    const source = [
      'import "./a.ts";',
      'import { b } from "./b.ts";',
      'import type { C } from "./c.ts";',
      'export { d } from "./d.ts";',
      'export * from "./e.ts";',
      'export const f = async (): Promise<unknown> => import("./f.ts");',
      'export type G = import("./g.ts").G;',
      '// import { no } from "./comment.ts";',
      "export const text = 'import { no } from \"./string.ts\"';",
    ].join("\n");
    const found = findSpecifiers(source);
    expect(found.map(({ specifier }) => specifier)).toEqual([..."abcdefg"].map((name) => `./${name}.ts`));
    expect(found.filter(({ typeOnly }) => typeOnly).map(({ specifier }) => specifier)).toEqual(["./c.ts", "./g.ts"]);
    expect(found.filter(({ dynamic }) => dynamic).map(({ specifier }) => specifier)).toEqual(["./f.ts"]);
  });

  it("finds a circle, however long", () => {
    const edge = (from: string, to: string): Import => ({
      file: from,
      specifier: to,
      target: to,
      typeOnly: false,
      dynamic: false,
    });
    const path = [edge("a", "b"), edge("a", "c"), edge("b", "d"), edge("c", "d")];
    expect(findCircle(path)).toEqual([]);
    expect(findCircle([...path, edge("d", "b")])).toEqual(["b", "d", "b"]);
    expect(findCircle([edge("a", "a")])).toEqual(["a", "a"]);
  });

  it("reports an import that goes against the direction of the house", () => {
    const kind = { typeOnly: true, dynamic: false };
    const wrong = { file: "core/loss.ts", specifier: "../tfjs/op.ts", target: "tfjs/op.ts", ...kind };
    expect(againstDirection([wrong], library)).toEqual(["core/loss.ts imports tfjs/op.ts"]);
    expect(againstDirection([{ ...wrong, file: "tfjs/a.ts", target: "core/b.ts" }], library)).toEqual([]);
  });
});

describe.each([
  ["the library", librarySource, library],
  ["the laboratory", laboratorySource, laboratory],
])("%s", (_, source, rooms) => {
  const imports = importsOf(source);

  it("has only rooms whose place in the house is drawn", () => {
    const names = new Set(
      sourceFiles(source)
        .map(roomOf)
        .filter((room) => room !== ""),
    );
    expect([...names].filter((room) => !(room in rooms))).toEqual([]);
  });

  it("imports only rooms to the left", () => {
    expect(againstDirection(imports, rooms)).toEqual([]);
  });

  it("has no circle of imports, but of types", () => {
    expect(findCircle(imports.filter(({ typeOnly }) => !typeOnly))).toEqual([]);
  });

  it("names every relative import with its ending .ts", () => {
    expect(imports.filter(({ target }) => target !== null && !target.endsWith(".ts"))).toEqual([]);
  });
});

describe("what comes from outside", () => {
  it("the library imports its optional peers, each in the room of its adapter, and nothing else: nothing of Node", () => {
    const peers: Rooms = {
      tfjs: ["@tensorflow/tfjs-core", "@tensorflow/tfjs-layers"],
      jax: ["@jax-js/jax"],
    };
    const others = importsOf(librarySource)
      .filter(({ target }) => target === null)
      .filter(({ file, specifier }) => !peers[roomOf(file)]?.includes(specifier));
    expect(others).toEqual([]);
    const manifest = JSON.parse(readFileSync(join(root, "packages/softlabel/package.json"), "utf8"));
    expect(Object.keys(manifest.peerDependencies).sort()).toEqual(Object.values(peers).flat().sort());
  });

  it("the laboratory imports Node's modules under node: and packages that it declares", () => {
    const manifest = JSON.parse(readFileSync(join(root, "packages/softlabel-cli/package.json"), "utf8"));
    const declared = Object.keys(manifest.dependencies);
    const undeclared = importsOf(laboratorySource)
      .filter(({ target, specifier }) => target === null && !isNodeModule(specifier))
      .filter(({ specifier }) => !declared.includes(packageOf(specifier)));
    expect(undeclared).toEqual([]);
  });
});

describe("softlabel --help and softlabel explain", () => {
  it("start without an engine: they load commander, the library and what Node has", () => {
    const loaded = packagesLoadedBy(["main.ts", "commands/explain.ts"], importsOf(laboratorySource));
    expect(loaded.filter((specifier) => !specifier.startsWith("node:"))).toEqual(["commander", "softlabel"]);
  });
});

/** Packages that are loaded as soon as these files are, in alphabetical order. */
function packagesLoadedBy(files: readonly string[], imports: readonly Import[]): string[] {
  const reached = new Set(files);
  const packages = new Set<string>();
  for (const file of reached) {
    for (const { specifier, target } of imports.filter((i) => i.file === file && !i.typeOnly && !i.dynamic)) {
      if (target === null) packages.add(specifier);
      else reached.add(target); // a set is walked to its end, what is added on the way included
    }
  }
  return [...packages].sort();
}

/** `core` of `core/tensor.ts`; empty for the entry points above the rooms, which may import every room. */
function roomOf(file: string): string {
  return file.includes("/") ? (file.split("/")[0] as string) : "";
}

function againstDirection(imports: readonly Import[], rooms: Rooms): string[] {
  return imports
    .filter(({ file, target }) => target !== null && !mayImport(roomOf(file), roomOf(target), rooms))
    .map(({ file, target }) => `${file} imports ${target}`);
}

function mayImport(from: string, to: string, rooms: Rooms): boolean {
  return from === "" || from === to || (rooms[from]?.includes(to) ?? false);
}

/** The files of one circle of imports, in order, or an empty list. */
function findCircle(imports: readonly Import[]): string[] {
  const done = new Set<string>();
  const walk = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    const targets = imports.filter((entry) => entry.file === file).map(({ target }) => target);
    for (const target of targets) {
      const circle = target === null ? [] : walk(target, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const { file } of imports) {
    const circle = walk(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
}

function isNodeModule(specifier: string): boolean {
  return specifier.startsWith("node:") && builtinModules.includes(specifier.slice("node:".length));
}

/** `@scope/name` of `@scope/name/deep/file.js`. */
function packageOf(specifier: string): string {
  return specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/");
}
