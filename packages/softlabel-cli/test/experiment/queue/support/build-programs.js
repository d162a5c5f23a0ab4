import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";

/* JavaScript, with its types beside it: the bench runs it as it is. */

const source = fileURLToPath(new URL(".", import.meta.url));

const programs = ["chaos", "fake-queue-worker", "fake-submitter", "fake-trial-process"];

/** @param {string} folder */
export async function buildPrograms(folder) {
  await build({
    entryPoints: programs.map((name) => join(source, `${name}.ts`)),
    outdir: folder,
    outExtension: { ".js": ".mjs" },
    bundle: true,
    platform: "node",
    format: "esm",
    target: "node20",
    // The drivers are CommonJS: they ask for what Node has by `require`, which a module lacks.
    banner: {
      js: 'import { createRequire as requireFrom } from "node:module"; const require = requireFrom(import.meta.url);',
    },
    // What a driver would take if it were installed.
    external: ["pg-native"],
    plugins: [withoutTensorFlow],
    logLevel: "error",
  });
  return pathToFileURL(`${folder}/`);
}

/**
 * Nothing trains in these programs, and they are started often.
 * @type {import("esbuild").Plugin}
 */
const withoutTensorFlow = {
  name: "without-tensorflow",
  setup({ onLoad }) {
    onLoad({ filter: /\/training\/tensorflow\.ts$/ }, () => ({ contents: "export const tf = {};", loader: "js" }));
  },
};
