import { softmaxCrossEntropy } from "softlabel";
import { startThreads } from "softlabel/threads";

const [rows, classes] = [400, 1003];
const shape = [rows, classes];
const logits = Float32Array.from({ length: rows * classes }, (_, at) => (((7919 * at) % 4096) - 2048) / 256);
const labels = Int32Array.from({ length: rows }, (_, row) => (31 * row) % classes);

const threads = await startThreads({ threads: 2 });

// Told to the test: how many threads there are, and on how many of some calls each way gave the bits of one thread.
const counts = { threads: threads.count, calls: 20, sameCopied: 0, sameAllocated: 0 };
const wanted = softmaxCrossEntropy(labels, { data: logits, shape }, { labelSmoothing: 0.1, gradient: true });
const same = ({ loss, gradLogits }) =>
  Number(loss === wanted.loss && wanted.gradLogits.data.every((value, at) => value === gradLogits.data[at]));
const tensor = threads.allocate(shape);
for (let call = 0; call < counts.calls; call++) {
  const options = { labelSmoothing: 0.1, gradient: true };
  counts.sameCopied += same(threads.softmaxCrossEntropy(labels, { data: logits, shape }, options));
  tensor.data.set(logits);
  const inPlace = { labelSmoothing: 0.1, gradientInto: tensor };
  counts.sameAllocated += same(threads.softmaxCrossEntropy(labels, tensor, inPlace));
}
await threads.dispose();

globalThis.told = { ...counts, loss: wanted.loss };
