// The logits of a model in ONNX, trained elsewhere with label smoothing (model/digits.py), judged in JavaScript: the
// smoothed loss has a floor that no model can pass, so what compares with other models is the unsmoothed crossEntropy.
import { readFile } from "node:fs/promises";
import * as onnx from "onnxruntime-web";
import { softmaxCrossEntropy } from "softlabel";
import { mnist } from "./mnist.js";

// Without threads the runtime has no worker to wait for at the end.
onnx.env.wasm.numThreads = 1;
const session = await onnx.InferenceSession.create(await readFile(new URL("./model/digits.onnx", import.meta.url)));
const { images, labels, rows } = mnist("t10k", 2000);
const { logits: output } = await session.run({ images: new onnx.Tensor("float32", images, [rows, 1, 28, 28]) });
const logits = { data: output.data, shape: output.dims };

export const judged = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1 });
export const { floor, crossEntropy } = judged;
console.log(`smoothed loss, ε = 0.1:  ${judged.loss.toFixed(4)}, of which no model can avoid ${floor.toFixed(4)}`);
console.log(`unsmoothed crossEntropy: ${crossEntropy.toFixed(4)}`);

const predicted = Array.from(labels, (_, row) => {
  const z = Array.from(output.data.subarray(10 * row, 10 * row + 10));
  return z.indexOf(Math.max(...z));
});
export const accuracy = predicted.filter((digit, row) => digit === labels[row]).length / rows;
console.log(`accuracy on ${rows} images:  ${accuracy.toFixed(3)}`);
