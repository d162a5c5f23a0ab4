// The same training in TensorFlow.js alone: its layers, its loss, its Adam, its WebAssembly backend untouched.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { asLayersModel } from "../../packages/softlabel-cli/dist/training/save-model.js";
import { tf, wasm } from "../../packages/softlabel-cli/dist/training/tensorflow.js";
import { answer, given } from "./answer.js";

const { resolve } = createRequire(import.meta.url);
wasm.setWasmPaths(`${dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json"))}/dist/`);
await tf.setBackend("wasm");
const { model, batch } = given();
const layers = asLayersModel(model);
const images = tf.tensor4d(batch.images, [128, 28, 28, 1]);
const onehot = tf.cast(tf.oneHot(tf.tensor1d(batch.labels, "int32"), 10), "float32");
const optimizer = tf.train.adam(1e-3, 0.9, 0.999, 1e-8);
await answer(() => {
  const forward = () => layers.apply(images, { training: true });
  const loss = optimizer.minimize(() => tf.losses.softmaxCrossEntropy(onehot, forward(), undefined, 0.1), true);
  const [value] = loss.dataSync();
  loss.dispose();
  return value;
});
