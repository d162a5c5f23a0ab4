// The unfused way: matMul and tf.losses.softmaxCrossEntropy by tf.valueAndGrads on TensorFlow.js' WASM backend.
//     node tfjs.js published|mended FOLDER
// "mended" has the kernels by which the laboratory trains, since as published the backend multiplies transposed matrices
// in a scalar loop. Features and weight lie in the backend before the call, and the gradients stay there after it.
import { createRequire } from "node:module";
import { dirname } from "node:path";
import { startTensorFlow } from "../../packages/softlabel-cli/dist/training/start.js";
import { tf, wasm } from "../../packages/softlabel-cli/dist/training/tensorflow.js";
import { answer } from "./answer.js";
import { labelSmoothing, readProblem, samplesOf } from "./given.js";

if (process.argv[2] === "mended") {
  await startTensorFlow();
} else {
  const { resolve } = createRequire(import.meta.url);
  tf.enableProdMode();
  wasm.setWasmPaths(`${dirname(resolve("@tensorflow/tfjs-backend-wasm/package.json"))}/dist/`);
  await tf.setBackend("wasm");
}
const { rows, width, classes, ...numbers } = readProblem(process.argv[3]);
const { labels } = numbers;
const features = tf.tensor2d(numbers.features, [rows, width]);
const weight = tf.tensor2d(numbers.weight, [classes, width]);
features.dataSync();
weight.dataSync();
// Nothing here needs them any longer, and in the other contender they are there once as well.
delete numbers.features;
delete numbers.weight;

let last;
await answer({
  run() {
    tf.dispose(last);
    last = tf.tidy(() => {
      const onehot = tf.cast(tf.oneHot(tf.tensor1d(labels, "int32"), classes), "float32");
      const loss = (x, w) =>
        tf.losses.softmaxCrossEntropy(onehot, tf.matMul(x, w, false, true), undefined, labelSmoothing);
      const { value, grads } = tf.valueAndGrads(loss)([features, weight]);
      return { value, gradFeatures: grads[0], gradWeight: grads[1] };
    });
    last.value.dataSync();
  },
  samples: () =>
    samplesOf(
      { rows, width, classes, labels },
      last.value.dataSync()[0],
      last.gradFeatures.dataSync(),
      last.gradWeight.dataSync(),
    ),
  outputBytes: 4 * (rows * width + classes * width),
});
