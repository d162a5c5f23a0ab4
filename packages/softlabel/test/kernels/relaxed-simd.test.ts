import { allocate, dispose, release, softmaxCrossEntropy, useRelaxedSimd } from "softlabel";
import { linearSoftmaxCrossEntropy } from "softlabel/linear";
import { startThreads } from "softlabel/threads";
import { afterEach, describe, expect, test } from "vitest";
import { lossByKernel } from "../../src/kernels/loss-by-kernel.ts";
import { wasmKernel } from "../../src/kernels/wasm-kernel.ts";
import { randomCall, randomStream } from "../core/random-call.ts";
import { wasmKernels } from "./support/wasm-kernels.ts";

const [rows, classes] = [7, 61];
const { indices, logits } = randomCall(randomStream(5), rows, classes);
const z = { data: Float32Array.from(logits.data), shape: logits.shape };
const options = { labelSmoothing: 0.1, gradient: true } as const;

/** What each compilation gives, by a kernel that nothing switches. */
const [relaxed, strict] = ["relaxed SIMD", "SIMD"].map((wanted) => {
  const [, kernel] = wasmKernels.find(([name]) => name === wanted) as (typeof wasmKernels)[number];
  return lossByKernel(kernel, indices, z, options);
});

afterEach(() => {
  useRelaxedSimd(true);
  dispose();
});

describe("useRelaxedSimd(false)", () => {
  test("takes the kernel whose bits no processor chooses, and true the other again", () => {
    expect(relaxed).not.toEqual(strict); // else the next lines could not fail
    expect(softmaxCrossEntropy(indices, z, options)).toEqual(relaxed);
    useRelaxedSimd(false);
    expect(softmaxCrossEntropy(indices, z, options)).toEqual(strict);
    useRelaxedSimd(true);
    expect(softmaxCrossEntropy(indices, z, options)).toEqual(relaxed);
  });

  test("leaves a tensor that was allocated before as it is: it is read, written and released", () => {
    const tensor = allocate(z.shape);
    tensor.data.set(z.data);
    const { memory } = wasmKernel() ?? {};
    useRelaxedSimd(false);
    const { loss } = softmaxCrossEntropy(indices, tensor, { labelSmoothing: 0.1, gradientInto: tensor });
    expect(loss).toBe(strict?.loss);
    expect(tensor.data).toEqual(strict?.gradLogits?.data);
    expect(tensor.data.buffer).toBe(memory?.buffer);
    const later = allocate(z.shape);
    expect(later.data.buffer).not.toBe(memory?.buffer);
    release(tensor);
    release(later);
  });

  test("holds for threads that start afterwards, and leaves those that run", async () => {
    const before = await startThreads({ threads: 1 });
    useRelaxedSimd(false);
    const after = await startThreads({ threads: 1 });
    expect(before.softmaxCrossEntropy(indices, z, options)).toEqual(relaxed);
    expect(after.softmaxCrossEntropy(indices, z, options)).toEqual(strict);
    await Promise.all([before.dispose(), after.dispose()]);
  });

  test("holds for the products of softlabel/linear", () => {
    const weight = { data: Float32Array.from({ length: 31 * classes }, (_, i) => Math.sin(i)), shape: [31, classes] };
    const layer = (): Float32Array =>
      linearSoftmaxCrossEntropy(new Int32Array(rows), z, weight, options).gradFeatures.data;
    const first = layer();
    useRelaxedSimd(false);
    const second = layer();
    expect(second).not.toEqual(first);
    expect(layer()).toEqual(second);
    useRelaxedSimd(true);
    expect(layer()).toEqual(first);
  });
});

test("anything but a boolean is an error", () => {
  const wrong = useRelaxedSimd as (allowed: unknown) => void;
  expect(() => wrong(undefined)).toThrow("allowed must be true or false, got undefined");
  expect(() => wrong("no")).toThrow('allowed must be true or false, got "no"');
});
