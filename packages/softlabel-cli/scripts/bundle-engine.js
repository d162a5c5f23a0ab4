// Bundles TensorFlow.js and the loss on it into dist/training/engine/tensorflow.cjs.
//
// tfjs-core's CommonJS entry registers neither gradients nor the layers' operations, and its ES modules import each
// other without file endings, which Node refuses. One bundle of the ES modules mends both and starts in a tenth of
// the time that Node needs to find a thousand files. CommonJS, because the WASM loader asks for `require`. The loss is
// within, so that it meets the one TensorFlow.js that there is.
import { copyFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const entry = `
  export * as tf from "@tensorflow/tfjs-core";
  import "@tensorflow/tfjs-core/dist/register_all_gradients.js";
  import "@tensorflow/tfjs-core/dist/public/chained_ops/register_all_chained_ops.js";
  import "@tensorflow/tfjs-backend-cpu";
  export * as layers from "@tensorflow/tfjs-layers";
  export * as wasm from "@tensorflow/tfjs-backend-wasm";
  export { softmaxCrossEntropy as differentiableLoss } from "softlabel/tfjs";
  export { softmaxCrossEntropy as plainLoss, useRelaxedSimd } from "softlabel";
`;

await build({
  stdin: { contents: entry, resolveDir: fileURLToPath(new URL("..", import.meta.url)) },
  outfile: fileURLToPath(new URL("../dist/training/engine/tensorflow.cjs", import.meta.url)),
  bundle: true,
  minify: true,
  legalComments: "linked",
  platform: "node",
  format: "cjs",
  target: "node20",
  mainFields: ["module", "main"],
  // Asked for only when a model is fetched over the network in a Node without fetch.
  external: ["node-fetch"],
  logLevel: "warning",
});

// Compiled from assembly/index.ts, where the command is.
copyFileSync(
  new URL("../assembly/kernels.wasm", import.meta.url),
  new URL("../dist/training/engine/kernels.wasm", import.meta.url),
);
