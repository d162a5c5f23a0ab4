import { ArgumentError, allocate, dispose, release, softmaxCrossEntropy, type Tensor } from "softlabel";
import { afterEach, describe, expect, test } from "vitest";
import { wasmKernel } from "../../src/kernels/wasm-kernel.ts";
import { randomStream } from "../core/random-call.ts";

const options = { labelSmoothing: 0.1, gradient: true } as const;
const bytes = (): number => wasmKernel()?.memory.buffer.byteLength ?? 0;

function randomRows(seed: number, rows: number, classes: number) {
  const random = randomStream(seed);
  const data = Float32Array.from({ length: rows * classes }, () => 6 * random() - 3);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return { labels, logits: { data, shape: [rows, classes] } };
}

function inMemory({ data, shape }: Tensor<Float32Array>): Tensor<Float32Array> {
  const tensor = allocate(shape);
  tensor.data.set(data);
  return tensor;
}

afterEach(dispose);

describe("a tensor in the kernel's memory", () => {
  test("holds zeros of its shape", () => {
    const { data, shape } = allocate([2, 3]);
    expect(data).toEqual(new Float32Array(6));
    expect(shape).toEqual([2, 3]);
    expect(allocate([0, 3]).data).toEqual(new Float32Array(0));
    expect(allocate([]).data).toEqual(new Float32Array(1));
  });

  test("holds zeros also where something was before", () => {
    const first = allocate([100]);
    first.data.fill(7);
    release(first);
    expect(allocate([100]).data).toEqual(new Float32Array(100));
  });

  test("gives what the same numbers give elsewhere, bit for bit, wherever the gradient goes", () => {
    const { labels, logits } = randomRows(1, 7, 33);
    const elsewhere = softmaxCrossEntropy(labels, logits, options);
    const tensor = inMemory(logits);
    const other = allocate(logits.shape);
    expect(softmaxCrossEntropy(labels, tensor, options)).toEqual(elsewhere);
    const { gradLogits, ...parts } = softmaxCrossEntropy(labels, tensor, { labelSmoothing: 0.1, gradientInto: other });
    const { gradLogits: wanted, ...wantedParts } = elsewhere;
    expect(gradLogits).toBe(other);
    expect(parts).toEqual(wantedParts);
    expect(other.data).toEqual(wanted.data);
    expect(tensor.data).toEqual(logits.data);
    softmaxCrossEntropy(labels, tensor, { labelSmoothing: 0.1, gradientInto: tensor });
    expect(tensor.data).toEqual(wanted.data);
  });

  test("stays what it is when the memory grows, by its own data", () => {
    const tensor = allocate([5]);
    tensor.data.set([1, 2, 3, 4, 5]);
    const view = tensor.data;
    expect(tensor.data).toBe(view);
    allocate([1 << 20]);
    expect(view.length).toBe(0);
    expect(Array.from(tensor.data)).toEqual([1, 2, 3, 4, 5]);
  });

  test("is read and written where it lies even if the call itself makes the memory grow", () => {
    const { labels, logits } = randomRows(2, 3, 70_001);
    const wanted = softmaxCrossEntropy(labels, logits, options);
    dispose();
    const tensor = inMemory(logits);
    // In place a row of scratch memory is needed, and whatever is left of the last page is too little for it.
    const before = bytes();
    const { loss } = softmaxCrossEntropy(labels, tensor, { labelSmoothing: 0.1, gradientInto: tensor });
    expect(bytes()).toBeGreaterThan(before);
    expect(loss).toBe(wanted.loss);
    expect(tensor.data).toEqual(wanted.gradLogits.data);
  });

  test("holds labels whose floor is what it is elsewhere, even if the call itself makes the memory grow", () => {
    const { logits } = randomRows(3, 4, 20_001);
    const soft = { data: new Float32Array(logits.data.length).fill(1 / 20_001), shape: logits.shape };
    const reported = { labelSmoothing: 0.1, subtractFloor: true, gradient: true } as const;
    const wanted = softmaxCrossEntropy(soft, logits, reported);
    dispose();
    const [labels, tensor] = [inMemory(soft), inMemory(logits)];
    const before = bytes();
    const { loss, floor } = softmaxCrossEntropy(labels, tensor, reported);
    expect(bytes()).toBeGreaterThan(before);
    expect(floor).toBe(wanted.floor);
    expect(loss).toBe(wanted.loss);
  });

  test("cannot be used or released once it is released", () => {
    const tensor = allocate([1, 3]);
    release(tensor);
    const error = new ArgumentError("tensor must come from allocate and not be released yet, got one that is not held");
    expect(() => tensor.data).toThrow(error);
    expect(() => release(tensor)).toThrow(error);
    expect(() => release({ data: new Float32Array(3), shape: [3] })).toThrow(error);
    expect(() => softmaxCrossEntropy([0], tensor)).toThrow(error);
  });

  test("needs a shape", () => {
    const wrong = allocate as (shape: unknown) => unknown;
    expect(() => wrong(3)).toThrow(new ArgumentError("shape must be an array of lengths, got 3"));
    expect(() => wrong([2, -1])).toThrow(
      new ArgumentError("shape must be an array of lengths, got an array of length 2"),
    );
    expect(() => wrong([1.5])).toThrow(ArgumentError);
  });
});

describe("the memory", () => {
  test.each([
    [128, 1000],
    [5000, 4],
    [3, 70_001],
  ])("does not grow at all by a call whose logits and gradient, [%i, %i], lie in it", (rows, classes) => {
    const { labels, logits } = randomRows(8, rows, classes);
    const wanted = softmaxCrossEntropy(labels, logits, options);
    dispose();
    const tensor = inMemory(logits);
    const gradientInto = allocate(logits.shape);
    const before = bytes();
    const { loss } = softmaxCrossEntropy(labels, tensor, { labelSmoothing: 0.1, gradientInto });
    expect(bytes()).toBe(before);
    expect(loss).toBe(wanted.loss);
    expect(gradientInto.data).toEqual(wanted.gradLogits.data);
  });

  test("does not grow with a thousand calls of different shapes", () => {
    const random = randomStream(3);
    const large = randomRows(4, 67, 3000);
    softmaxCrossEntropy(large.labels, large.logits, options);
    const before = bytes();
    for (let i = 0; i < 1000; i++) {
      const { labels, logits } = randomRows(i, 1 + Math.floor(67 * random()), 1 + Math.floor(300 * random()));
      softmaxCrossEntropy(labels, logits, options);
    }
    expect(before).toBeGreaterThan(0);
    expect(bytes()).toBe(before);
  });

  test("grows with ever larger calls to what the largest alone takes", () => {
    const call = (classes: number): void => {
      softmaxCrossEntropy([0], { data: new Float32Array(classes), shape: [1, classes] }, options);
    };
    for (let classes = 50_000; classes <= 500_000; classes += 50_000) call(classes);
    const grown = bytes();
    dispose();
    call(500_000);
    expect(grown).toBe(bytes());
  });

  test("does not grow with a thousand tensors of different shapes that are released", () => {
    const random = randomStream(5);
    release(allocate([1 << 18]));
    const before = bytes();
    const held: Tensor<Float32Array>[] = [];
    for (let i = 0; i < 1000; i++) {
      held.push(allocate([1 + Math.floor(3000 * random())]));
      if (held.length > 20) release(held.splice(Math.floor(20 * random()), 1)[0]);
    }
    expect(bytes()).toBe(before);
  });

  test("begins anew after dispose, which releases every tensor", () => {
    const tensor = allocate([1 << 22]);
    const before = bytes();
    dispose();
    expect(() => tensor.data).toThrow(ArgumentError);
    const { labels, logits } = randomRows(6, 4, 10);
    expect(softmaxCrossEntropy(labels, logits, options).loss).toBeGreaterThan(0);
    expect(bytes()).toBeLessThan(before);
  });

  test("that cannot grow is an error that names the bytes, and the next call works", () => {
    const { labels, logits } = randomRows(7, 4, 10);
    const wanted = softmaxCrossEntropy(labels, logits, options);
    const tooMuch = 2 ** 31;
    expect(() => allocate([tooMuch])).toThrow(ArgumentError);
    expect(() => allocate([tooMuch])).toThrow(`must have room for ${4 * tooMuch} bytes more, got `);
    expect(softmaxCrossEntropy(labels, logits, options)).toEqual(wanted);
    expect(allocate([3]).data.length).toBe(3);
  });
});
