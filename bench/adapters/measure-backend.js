// Everything that is measured on one backend, in Node and in a page alike: results first, then memory, then times.
import { contendersOf } from "./contenders.js";
import { peakBytes } from "./peak-bytes.js";

/** A pass is so many calls that it takes about this long; contenders take turns by passes. */
const PASS_MS = 40;

/**
 * @param {{ tf: object, softmaxCrossEntropy: Function, problem: object, labelSmoothing: number, turns: number }} given
 * @returns {Promise<Record<string, { answer: object, peakBytes: number, times: number[] }>>} times in milliseconds a call
 */
export async function measureBackend({ tf, softmaxCrossEntropy, problem, labelSmoothing, turns }) {
  const { rows, classes, logits, labels } = problem;
  const z = tf.tensor2d(logits, [rows, classes]);
  const y = tf.tensor1d(labels, "int32");
  const contenders = contendersOf(tf, softmaxCrossEntropy, labelSmoothing);
  const results = {};
  for (const [name, step] of Object.entries(contenders)) {
    const { value, grad } = step(y, z);
    const answer = { loss: (await value.data())[0], gradient: await grad.data() };
    tf.dispose([value, grad]);
    const peak = peakBytes(tf, () => tf.dispose(step(y, z)));
    results[name] = { answer, peakBytes: peak, calls: await callsInPass(tf, step, y, z), times: [] };
  }
  for (let turn = 0; turn < turns; turn++) {
    for (const [name, step] of Object.entries(contenders)) {
      const { calls, times } = results[name];
      times.push((await timeOf(calls, step, y, z, tf)) / calls);
    }
  }
  tf.dispose([y, z]);
  return results;
}

async function callsInPass(tf, step, y, z) {
  let calls = 1;
  for (;;) {
    const time = await timeOf(calls, step, y, z, tf);
    if (time >= PASS_MS / 2) return Math.max(1, Math.round((calls * PASS_MS) / time));
    calls *= 2;
  }
}

/** With the last loss and one number of the last gradient read, so that a device has done all of its work. */
async function timeOf(calls, step, y, z, tf) {
  const start = performance.now();
  for (let call = 1; call <= calls; call++) {
    const { value, grad } = step(y, z);
    if (call === calls) {
      const first = tf.slice(grad, [0, 0], [1, 1]);
      await Promise.all([value.data(), first.data()]);
      first.dispose();
    }
    tf.dispose([value, grad]);
  }
  return performance.now() - start;
}
