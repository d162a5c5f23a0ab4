// tf.losses.softmaxCrossEntropy without a reduction, as published.   node tfjs.js wasm|cpu FOLDER…
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { tf, wasm } from "../../packages/softlabel-cli/dist/training/tensorflow.js";
import { smoothedOneHot } from "../loss/given.js";
import { answerCases, labelSmoothing } from "./given.js";

const backend = process.argv[2];
const { resolve } = createRequire(import.meta.url);
tf.enableProdMode();
wasm.setWasmPaths(`${dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json"))}/dist/`);
if (!(await tf.setBackend(backend))) throw new Error(`the backend ${backend} does not start`);

await answerCases(`tfjs-${backend}`, 1, (given) => {
  const shape = [given.rows, given.classes];
  return tf.tidy(() => {
    const onehot = tf.tensor2d(smoothedOneHot(given, 0), shape);
    const losses = (z) => tf.losses.softmaxCrossEntropy(onehot, z, undefined, labelSmoothing, tf.Reduction.NONE);
    const z = tf.tensor2d(given.logits, shape);
    const { value, grad } = tf.valueAndGrad((x) => losses(x).sum())(z);
    value.dispose();
    return { losses: losses(z).dataSync(), gradient: grad.dataSync() };
  });
});
