import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { build, type Metafile } from "esbuild";
import { beforeAll, describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";

interface Bundle {
  readonly minified: number;
  readonly gzipped: number;
  /** Files of which something is left after tree-shaking. */
  readonly files: readonly string[];
}

const library: { exports: Readonly<Record<string, { default?: string }>> } = JSON.parse(
  readFileSync(join(root, "packages/softlabel/package.json"), "utf8"),
);
/** The sources of the entry points besides the first, by the names that users import. */
const sources = Object.fromEntries(
  Object.entries(library.exports).flatMap(([entry, { default: built }]) =>
    entry === "." || built === undefined
      ? []
      : [
          [
            entry.replace(".", "softlabel"),
            join(root, "packages/softlabel", built.replace("./dist/", "src/").replace(/js$/, "ts")),
          ],
        ],
  ),
);

/** What a page ships for one import of the library, minified by esbuild. */
async function bundle(program: string): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    stdin: { contents: program, resolveDir: root },
    alias: { ...sources, softlabel: join(root, "packages/softlabel/src/index.ts") },
    external: ["@tensorflow/*", "@jax-js/*"],
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2022",
    write: false,
    logLevel: "error",
    metafile: true,
  });
  const code = outputFiles[0]?.contents ?? new Uint8Array();
  return { minified: code.length, gzipped: gzipSync(code, { level: 9 }).length, files: filesOf(metafile) };
}

function filesOf(metafile: Metafile): string[] {
  const inputs = Object.values(metafile.outputs).flatMap((output) => Object.entries(output.inputs));
  return inputs.filter(([file, { bytesInOutput }]) => file.endsWith(".ts") && bytesInOutput > 0).map(([file]) => file);
}

let loss: Bundle;
let kernel: Bundle;
let both: Bundle;
beforeAll(async () => {
  both = await bundle(
    'export { startThreads } from "softlabel/threads"; export { softmaxCrossEntropy } from "softlabel";',
  );
  kernel = await bundle('export * from "./packages/softlabel/src/kernels/generated/softmax-cross-entropy.ts";');
  loss = await bundle('export { softmaxCrossEntropy } from "softlabel";');
});

describe("softmaxCrossEntropy alone in a bundle", () => {
  it("weighs less than 20 kB gzipped, kernel included", () => {
    // A bound for regressions, a little above what it weighs; the exact numbers stand in README.md.
    expect(loss.gzipped).toBeLessThan(20_000);
    expect(loss.minified).toBeGreaterThan(loss.gzipped);
  });

  it("brings nothing of the presets, the other losses and the other entry points", () => {
    const others = loss.files.filter((file) => /presets|sigmoid|calibration|statistics|tfjs|linear|threads/.test(file));
    expect(others).toEqual([]);
  });

  it("is smaller than everything", async () => {
    const everything = await bundle('export * from "softlabel";');
    expect(everything.minified).toBeGreaterThan(loss.minified);
    expect(everything.files.length).toBeGreaterThan(loss.files.length);
  });

  it("leaves nothing behind when nothing is imported", async () => {
    expect((await bundle('import "softlabel";')).minified).toBe(0);
  });

  it("puts nothing of the library above what is imported: ArgumentError alone is a few hundred bytes", async () => {
    expect((await bundle('export { ArgumentError } from "softlabel";')).minified).toBeLessThan(300);
  });
});

describe("the size that docs/threads.md states", () => {
  it("is what it adds to a bundle, minified and gzipped, in kB after the marker size:threads", () => {
    const text = readFileSync(join(root, "docs/threads.md"), "utf8");
    const after = text.slice(text.indexOf("<!-- size:threads -->"));
    const stated = [...after.matchAll(/(\d+(?:\.\d+)?)\skB/g)].slice(0, 2).map(([, number]) => number);
    const measured = [both.minified - loss.minified, both.gzipped - loss.gzipped];
    expect(stated).toEqual(measured.map((bytes) => (bytes / 1000).toFixed(1)));
  });
});

describe.each(["README.md", "README.zh-CN.md"])("the size that %s states", (file) => {
  const readme = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";

  it.each(Object.keys(sources))(
    "of all of %s is the measured one, minified and gzipped, the peer left out",
    async (entry) => {
      const { minified, gzipped } = await bundle(`export * from "${entry}";`);
      const row = new RegExp(`^\\| \`${entry}\`.*$`, "m").exec(readme)?.[0] ?? "";
      const stated = [...row.matchAll(/(\d+\.\d) kB/g)].map(([, number]) => number);
      expect(stated, `${file}: the row of ${entry}`).toEqual(
        [minified, gzipped].map((bytes) => (bytes / 1000).toFixed(1)),
      );
    },
  );

  it("is the measured one: minified, gzipped, and the kernel gzipped, in kB after the marker size:softmaxCrossEntropy", () => {
    const marker = "<!-- size:softmaxCrossEntropy -->";
    expect(readme, `${file} must hold ${marker}`).toContain(marker);
    const stated = [...readme.slice(readme.indexOf(marker)).matchAll(/(\d+(?:\.\d+)?) kB/g)].slice(0, 3);
    const measured = [loss.minified, loss.gzipped, kernel.gzipped].map((bytes) => (bytes / 1000).toFixed(1));
    const remedy = `${file}: write “${measured[0]} kB minified, ${measured[1]} kB gzipped”, then the kernel’s ${measured[2]} kB, after ${marker}`;
    expect(
      stated.map(([, number]) => number),
      remedy,
    ).toEqual(measured);
  });
});
