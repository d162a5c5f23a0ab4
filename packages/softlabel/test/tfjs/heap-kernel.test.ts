import * as tf from "@tensorflow/tfjs-core";
import { softmaxCrossEntropy as inFloat64, useRelaxedSimd } from "softlabel";
import { softmaxCrossEntropy } from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { heapKernel, isWasmBackend, type WasmBackend } from "../../src/tfjs/heap-kernel.ts";
import { randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { useBackend } from "./backends.ts";

const random = randomStream(91);

describe("the kernel on the memory of the wasm backend", () => {
  let backend: WasmBackend;
  beforeAll(async () => {
    await useBackend("wasm");
    const current = tf.engine().backend;
    if (!isWasmBackend(current)) throw new Error("backend must be wasm");
    backend = current;
  });

  it("is there in Node, one for each life of the backend", () => {
    expect(heapKernel(backend)?.name).toMatch(/SIMD/);
    expect(heapKernel(backend)).toBe(heapKernel(backend));
  });

  it("uses no relaxed SIMD where that is not allowed, and both kernels live beside each other", () => {
    const relaxed = heapKernel(backend);
    useRelaxedSimd(false);
    try {
      const strict = heapKernel(backend);
      expect(strict?.name).toBe("SIMD");
      expect(strict).not.toBe(relaxed);
      expect(heapKernel(backend)).toBe(strict);
    } finally {
      useRelaxedSimd(true);
    }
    expect(heapKernel(backend)).toBe(relaxed);
  });

  it("leaves every other tensor as it is", () => {
    const others = Array.from({ length: 40 }, (_, i) => {
      const numbers = Float32Array.from({ length: 1 + 97 * i }, () => random());
      return { numbers, tensor: tf.tensor(numbers) };
    });
    for (const [rows, classes] of [
      [3, 7],
      [16, 1000],
      [2, 20_000],
    ]) {
      const { indices } = randomCall(random, rows, classes);
      const z = tf.randomNormal([rows, classes], 0, 1, "float32", 5);
      tf.dispose(tf.grad((zz: tf.Tensor) => softmaxCrossEntropy(indices, zz, { labelSmoothing: 0.1 }))(z));
      z.dispose();
    }
    for (const { numbers, tensor } of others) {
      expect(tensor.dataSync()).toEqual(numbers);
      tensor.dispose();
    }
  });

  it("goes on where the backend's memory grows while it works, which empties every view of it", () => {
    const [rows, classes] = [4, 50_000];
    const { logits, distributions } = randomCall(random, rows, classes);
    const before = backend.wasm.HEAPU8.buffer;
    // More than the heap has left, so that the next allocation makes it grow.
    const ballast = tf.zeros([Math.ceil(before.byteLength / 4)]);
    const [z, q] = [logits, distributions].map(({ data }) => tf.tensor(Float32Array.from(data), [rows, classes]));
    const op = (zz: tf.Tensor): tf.Tensor => softmaxCrossEntropy(q, zz, { labelSmoothing: 0.1 });
    const { value, grad } = tf.valueAndGrad(op)(z);
    expect(backend.wasm.HEAPU8.buffer).not.toBe(before);
    const expected = inFloat64(
      { data: Float64Array.from(q.dataSync()), shape: [rows, classes] },
      { data: Float64Array.from(z.dataSync()), shape: [rows, classes] },
      { labelSmoothing: 0.1, gradient: true },
    );
    // The kernel's promise: 1e-6 of the loss and of the largest gradient.
    expectAllClose(value.dataSync(), [expected.loss], { rtol: 1e-6 });
    const gradient = Float64Array.from(expected.gradLogits.data);
    const largest = gradient.reduce((most, each) => Math.max(most, Math.abs(each)), 0);
    expectAllClose(grad.dataSync(), gradient, { atol: 1e-6 * largest });
    tf.dispose([ballast, z, q, value, grad]);
  });
});
