// Loads a saved model with TensorFlow.js as npm installs it, on its own reference backend, and prints its logits:
// node stock-predictions.js FOLDER < PIXELS_JSON
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";

const require = createRequire(import.meta.url);
const tf = require("@tensorflow/tfjs-core");
const layers = require("@tensorflow/tfjs-layers");
require("@tensorflow/tfjs-backend-cpu");
tf.enableProdMode(); // no greeting

const [folder] = process.argv.slice(2);
const { modelTopology, weightsManifest } = JSON.parse(readFileSync(join(folder, "model.json"), "utf8"));
const weightSpecs = weightsManifest.flatMap(({ weights }) => weights);
const bytes = Buffer.concat(
  weightsManifest.flatMap(({ paths }) => paths.map((path) => readFileSync(join(folder, path)))),
);
const weightData = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length);
const model = await layers.loadLayersModel({ load: async () => ({ modelTopology, weightSpecs, weightData }) });
const { shape, data } = JSON.parse(readFileSync(0, "utf8"));
console.log(JSON.stringify(Array.from(model.predict(tf.tensor(data, shape)).dataSync())));
