// tf.losses.softmaxCrossEntropy and its gradient by tf.valueAndGrad, as published.   node tfjs.js wasm|cpu
// In its favour: the one-hot labels are made beforehand, and the gradient is left inside the backend.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { tf, wasm } from "../../packages/softlabel-cli/dist/training/tensorflow.js";
import { answer } from "./answer.js";
import { labelSmoothing } from "./given.js";

const backend = process.argv[2];
const { resolve } = createRequire(import.meta.url);
tf.enableProdMode();
wasm.setWasmPaths(`${dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json"))}/dist/`);
const started = await tf.setBackend(backend);

await answer(({ rows, classes, logits, labels }) => {
  const name = `tfjs-${backend}`;
  if (!started) return { [name]: { skipped: `the backend ${backend} does not start` } };
  const z = tf.tensor2d(logits, [rows, classes]);
  const onehot = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32");
  const both = tf.valueAndGrad((x) => tf.losses.softmaxCrossEntropy(onehot, x, undefined, labelSmoothing));
  let last;
  const run = () => {
    last?.value.dispose();
    last?.grad.dispose();
    last = both(z);
    last.loss = last.value.dataSync()[0];
  };
  return {
    [name]: {
      run,
      result: () => ({ loss: last.loss, gradient: last.grad.dataSync() }),
      close: () => tf.dispose([z, onehot, last.value, last.grad]),
    },
  };
});
