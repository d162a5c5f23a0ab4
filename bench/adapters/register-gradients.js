// tfjs-core's CommonJS entry registers no gradients, and Node cannot import its ES modules, whose imports lack file
// endings: a bundle of these registers them in the one registry that all copies share.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

/** @param {typeof import("@tensorflow/tfjs-core")} tf */
export async function registerGradients(tf) {
  if (tf.getGradient("Multiply")) return;
  const { outputFiles } = await build({
    stdin: {
      contents: 'import "@tensorflow/tfjs-core/dist/register_all_gradients.js";',
      resolveDir: fileURLToPath(new URL(".", import.meta.url)),
    },
    bundle: true,
    format: "esm",
    platform: "node",
    mainFields: ["module", "main"],
    external: ["node-fetch", "util"],
    write: false,
    logLevel: "error",
  });
  await import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString("base64")}`);
}
