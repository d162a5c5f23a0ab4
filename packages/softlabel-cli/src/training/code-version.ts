import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { tf } from "./tensorflow.ts";

/** The versions of what computes, by name. */
export function versions(): Readonly<Record<string, string>> {
  return { ...laboratoryVersions(), "tensorflow.js": tf.version_core };
}

/** The same where the engine has no part. */
export function laboratoryVersions(): Readonly<Record<string, string>> {
  return {
    softlabel: packageVersion("softlabel/package.json"),
    "softlabel-cli": packageVersion("../../package.json"),
  };
}

/**
 * SHA-256 in hexadecimal over all built code that has a part in a trained model: the library's loss, the laboratory's
 * data, models, attacks and training, and TensorFlow.js' version. Another order of summation is another result.
 *
 * @param more - what has a part besides: other folders of the laboratory's code.
 * @throws Error when the packages are not built.
 */
export function codeVersion(...more: readonly string[]): string {
  const library = dirname(createRequire(import.meta.url).resolve("softlabel/package.json"));
  const laboratory = fileURLToPath(new URL("../../", import.meta.url));
  const folders = [
    ...["core", "kernels", "tfjs"].map((room) => join(library, "dist", room)),
    ...["data", "models", "attacks", "training", ...more].map((room) => join(laboratory, "dist", room)),
  ];
  const hash = createHash("sha256").update(`tensorflow.js ${tf.version_core}\n`);
  for (const folder of folders) {
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort()) {
      // The engine's bundle is named by its version above; a minifier's release does not change what it computes.
      if (!/\.(js|wasm)$/.test(name)) continue;
      hash.update(`${name.replaceAll(sep, "/")}\n`).update(readFileSync(join(folder, name)));
    }
  }
  return hash.digest("hex");
}

function packageVersion(manifest: string): string {
  const { version } = createRequire(import.meta.url)(manifest) as { readonly version: string };
  return version;
}
