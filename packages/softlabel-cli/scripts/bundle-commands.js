// Bundles the command line into dist/bundle/: main.js, and a file for what several commands share or load late.
//
// Node takes several times as long to find the hundreds of files of the laboratory, the library and what draws a report
// as it takes to read the same in a few. Packages that few commands need, or that bring files beside their code, stay
// where they are.
import { readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const root = fileURLToPath(new URL("..", import.meta.url));
const source = fileURLToPath(new URL("../src", import.meta.url));
const folder = fileURLToPath(new URL("../dist/bundle", import.meta.url));
const within = ["softlabel", "commander", "@observablehq/plot", "linkedom"];
const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));

/** A source that looks for files beside itself looks beside its own built file, not beside the bundle. */
const ownPlaces = {
  name: "own-places",
  setup({ onLoad }) {
    onLoad({ filter: /\/src\/.*\.ts$/ }, ({ path }) => {
      const contents = readFileSync(path, "utf8");
      const own = relative(source, path).replaceAll("\\", "/").replace(/\.ts$/, ".js");
      const place = `new URL(${JSON.stringify(`../${own}`)}, import.meta.url).href`;
      return { contents: contents.replaceAll("import.meta.url", place), loader: "ts" };
    });
  },
};

rmSync(folder, { recursive: true, force: true });
await build({
  entryPoints: [`${source}/main.ts`],
  outdir: folder,
  absWorkingDir: root,
  bundle: true,
  splitting: true,
  minifyWhitespace: true,
  legalComments: "linked",
  platform: "node",
  format: "esm",
  target: "node20",
  mainFields: ["module", "main"],
  external: Object.keys(dependencies).filter((name) => !within.includes(name)),
  plugins: [ownPlaces],
  // Packages in CommonJS ask for what Node has by `require`, which a module lacks.
  banner: {
    js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
  },
  logLevel: "warning",
});
