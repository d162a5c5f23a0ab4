import {
  ArgumentError,
  allocate,
  dispose,
  release,
  type SoftmaxCrossEntropyOptions,
  softmaxCrossEntropy,
  type Tensor,
} from "softlabel";
import { afterEach, describe, expect, test } from "vitest";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";
import { wasmKernel } from "../../src/kernels/wasm-kernel.ts";
import { randomDistribution, randomStream } from "../core/random-call.ts";
import { expectAllClose } from "../expect-all-close.ts";
import { expectAsCore } from "./support/expect-as-core.ts";

/** Rows with `entries(row)` classes that are not 0 each, at random places, the logits N(0, 1) or so. */
function call(rows: number, classes: number, entries: (row: number) => number, seed = 1) {
  const random = randomStream(seed);
  const shape = [rows, classes];
  const logits = { data: Float32Array.from({ length: rows * classes }, () => 4 * random() - 2), shape };
  const q = new Float64Array(rows * classes);
  for (let row = 0; row < rows; row++) {
    const places = Array.from({ length: classes }, (_, k) => k).toSorted(() => random() - 0.5);
    randomDistribution(random, entries(row)).forEach((share, i) => {
      q[row * classes + places[i]] = share;
    });
  }
  return { labels: { data: Float32Array.from(q), shape }, logits };
}

function inside({ data, shape }: Tensor<Float32Array>): Tensor<Float32Array> {
  const tensor = allocate(shape);
  tensor.data.set(data);
  return tensor;
}

const shuffledOptions = [
  {},
  { labelSmoothing: 0.1 },
  { labelSmoothing: 1 },
  { labelSmoothing: 0.3, convention: "classy-vision", subtractFloor: true },
  { labelSmoothing: 0.2, reduction: "none" },
] as const;

afterEach(dispose);

describe("labels with a few classes a row", () => {
  test.each([
    ["one class", () => 1],
    ["two", () => 2],
    ["one to eight", (row: number) => 1 + (row % 8)],
    ["eight, but nine in one row", (row: number) => (row === 5 ? 9 : 8)],
    ["one, but all in one row", (row: number) => (row === 3 ? 40 : 1)],
  ])("%s give what the core makes of them, wherever they lie and the gradient goes", (_, entries) => {
    const { labels, logits } = call(20, 40, entries);
    for (const given of shuffledOptions) {
      const options: SoftmaxCrossEntropyOptions = { ...given, gradient: true };
      const weighted: SoftmaxCrossEntropyOptions = {
        ...options,
        weights: Float64Array.from({ length: 20 }, (_, row) => row % 3),
      };
      for (const all of [options, weighted]) {
        for (const q of [labels, inside(labels), { data: Float64Array.from(labels.data), shape: labels.shape }]) {
          expectAsCore(softmaxCrossEntropy(q, logits, all), { labels, logits, options: all });
          const gradientInto = inside(logits);
          const into: SoftmaxCrossEntropyOptions = { ...all, gradientInto };
          const inPlace = softmaxCrossEntropy(q, gradientInto, into);
          expectAsCore(inPlace, { labels, logits, options: all });
        }
      }
    }
  });

  test("a logit of −∞, +∞ or NaN counts as in the core, on the largest share, another or none", () => {
    for (const special of [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY, Number.NaN]) {
      const { labels, logits } = call(30, 12, (row) => 1 + (row % 4), 2);
      for (let row = 0; row < 30; row++) logits.data[row * 12 + ((5 * row) % 12)] = special;
      logits.data.fill(special, 0, 12);
      for (const labelSmoothing of [0, 0.1]) {
        const options: SoftmaxCrossEntropyOptions = { labelSmoothing, reduction: "none", gradient: true };
        expectAsCore(softmaxCrossEntropy(labels, logits, options), { labels, logits, options });
      }
    }
  });

  test("−∞ on two labels of one row is an infinite loss, not NaN", () => {
    const z = { data: Float32Array.of(-Infinity, -Infinity, 1, 2), shape: [1, 4] };
    const q = { data: Float32Array.of(0.4, 0.6, 0, 0), shape: [1, 4] };
    const { loss, gradLogits } = softmaxCrossEntropy(q, z, { gradient: true });
    expect(loss).toBe(Number.POSITIVE_INFINITY);
    expectAllClose(gradLogits.data, core(q, z, { gradient: true }).gradLogits.data, { atol: 1e-6 });
  });

  test("shares that miss a sum of 1 by what decimals leave are counted as they are", () => {
    const { labels, logits } = call(9, 50, () => 1, 3);
    for (const miss of [0.999994, 1.000006]) {
      const q = { data: labels.data.map((share) => share * miss), shape: labels.shape };
      const options = { labelSmoothing: 0.1, gradient: true } as const;
      const wide = { data: Float64Array.from(logits.data), shape: logits.shape };
      const { floor } = softmaxCrossEntropy(q, logits, options);
      expectAsCore(softmaxCrossEntropy<SoftmaxCrossEntropyOptions>(q, logits, options), { labels: q, logits, options });
      expectAllClose([floor], [core(q, wide, options).floor], { atol: 1e-12 });
    }
  });

  test("a share of −0 is none", () => {
    const { labels, logits } = call(4, 12, (row) => 1 + row, 4);
    const wanted = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, gradient: true });
    for (let i = 0; i < 48; i += 5) if (labels.data[i] === 0) labels.data[i] = -0;
    expect(softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, gradient: true })).toEqual(wanted);
  });

  test("a negative share, NaN or a sum beside 1 is named as the core names it", () => {
    for (const entries of [1, 2, 20]) {
      for (const wrong of [-0.25, Number.NaN, 0.75, Number.POSITIVE_INFINITY]) {
        const { labels, logits } = call(3, 20, () => entries, 5);
        labels.data[20 + labels.data.subarray(20, 40).findIndex((share) => share > 0)] = wrong;
        const messages = [softmaxCrossEntropy, core].map((loss) => {
          try {
            return loss(labels, logits).loss;
          } catch (error) {
            expect(error).toBeInstanceOf(ArgumentError);
            return (error as Error).message;
          }
        });
        expect(messages[0]).toBe(messages[1]);
        expect(typeof messages[0]).toBe("string");
      }
    }
  });

  test("have their gradient whole where the call makes the memory grow and empties every view", () => {
    const { labels, logits } = call(3, 70_001, () => 2, 6);
    const options = { labelSmoothing: 0.1, gradient: true } as const;
    const wanted = softmaxCrossEntropy(labels, logits, options).gradLogits.data;
    dispose();
    const [q, z] = [inside(labels), inside(logits)];
    const before = wasmKernel()?.memory.buffer.byteLength;
    // Views, not the tensors themselves: what they were of cannot be asked for again.
    const view = ({ data, shape }: Tensor<Float32Array>): Tensor<Float32Array> => ({ data, shape });
    // In place a row of scratch memory is needed, and whatever is left of the last page is too little for it.
    const inPlace = view(z);
    softmaxCrossEntropy(view(q), inPlace, { labelSmoothing: 0.1, gradientInto: inPlace });
    expect(wasmKernel()?.memory.buffer.byteLength).toBeGreaterThan(before ?? 0);
    expect(z.data).toEqual(wanted);
  });
});

describe("the floor of dense labels, computed when it is read", () => {
  const changed = new ArgumentError(
    "floor must be read before the labels change, got labels that have changed since the loss was computed; read it right after the call",
  );
  const dense = (seed: number) => call(5, 33, () => 33, seed);

  test("is an ordinary property: listed, spread, compared and written out", () => {
    const { labels, logits } = dense(1);
    const wide = { data: Float64Array.from(logits.data), shape: logits.shape };
    const make = () => softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1 });
    const { floor } = core(labels, wide, { labelSmoothing: 0.1 });
    expect(Object.keys(make())).toEqual(Object.keys(softmaxCrossEntropy([0, 1, 2, 3, 4], logits, {})));
    expectAllClose([{ ...make() }.floor], [floor], { atol: 1e-12 });
    expectAllClose([JSON.parse(JSON.stringify(make())).floor], [floor], { atol: 1e-12 });
    expect(make()).toEqual(make());
    expect(make()).not.toEqual({ ...make(), floor: 0 });
  });

  test("is computed once, and stays when the labels change afterwards", () => {
    const { labels, logits } = dense(2);
    const result = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, reduction: "none" });
    const { floor } = result;
    labels.data.fill(0);
    expect(result.floor).toBe(floor);
  });

  test("is refused when one bit of the labels has changed, and again at the next reading", () => {
    for (const numbers of [Float32Array, Float64Array]) {
      const { labels, logits } = dense(3);
      const own = { data: numbers.from(labels.data), shape: labels.shape };
      const result = softmaxCrossEntropy(own, logits, { labelSmoothing: 0.1 });
      new Uint8Array(own.data.buffer)[8] ^= 1;
      for (let i = 0; i < 2; i++) expect(() => result.floor).toThrow(changed);
      new Uint8Array(own.data.buffer)[8] ^= 1;
      expect(result.floor).toBeGreaterThan(0);
    }
  });

  test("is refused when the labels are released, disposed of, or left as a view that growth empties", () => {
    const { labels, logits } = dense(4);
    const tensors = [0, 1, 2].map(() => inside(labels));
    const loss = (q: Tensor<Float32Array>) => softmaxCrossEntropy(q, logits, { labelSmoothing: 0.1 });
    const [released, disposed] = [loss(tensors[0]), loss(tensors[1])];
    const emptied = loss({ data: tensors[2].data, shape: labels.shape });
    release(tensors[0]);
    expect(() => released.floor).toThrow(changed);
    inside({ data: labels.data.map((share) => share / 2), shape: labels.shape });
    expect(() => released.floor).toThrow(changed);
    allocate([1 << 20]);
    expect(() => emptied.floor).toThrow(changed);
    dispose();
    expect(() => disposed.floor).toThrow(changed);
  });

  test("follows labels of a tensor when the memory grows, and outlives dispose where they are elsewhere", () => {
    const { labels, logits } = dense(5);
    const wanted = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1 }).floor;
    const [moved, plain] = [inside(labels), labels].map((q) => softmaxCrossEntropy(q, logits, { labelSmoothing: 0.1 }));
    allocate([1 << 22]);
    expect(moved.floor).toBe(wanted);
    dispose();
    expect(plain.floor).toBe(wanted);
  });

  test("keeps the options of its call: the next one has others, and they may change in place", () => {
    const { labels, logits } = dense(6);
    const prior = Float64Array.from({ length: 33 }, (_, k) => (k + 1) / 561);
    const labelSmoothing = Float64Array.of(0.1, 0.2, 0.3, 0.4, 0.5);
    const weights = Float64Array.of(1, 0, 2, 3, 0.5);
    const wide = { data: Float64Array.from(logits.data), shape: logits.shape };
    const wanted = core(labels, wide, { labelSmoothing, prior, weights }).floor;
    const result = softmaxCrossEntropy(labels, logits, { labelSmoothing, prior, weights });
    prior.reverse();
    labelSmoothing.fill(0);
    weights.fill(1);
    softmaxCrossEntropy(labels, logits, { labelSmoothing, prior, weights });
    expectAllClose([result.floor], [wanted], { atol: 1e-12 });
  });

  test("is there at once with subtractFloor", () => {
    const { labels, logits } = dense(7);
    const result = softmaxCrossEntropy(labels, logits, { labelSmoothing: 0.1, subtractFloor: true });
    labels.data.fill(0);
    expect(result.floor).toBeGreaterThan(0);
  });

  test("of lists is computed from what the lists hold then, or refused", () => {
    const { labels, logits } = dense(8);
    const lists = Array.from({ length: 5 }, (_, row) => Array.from(labels.data.subarray(33 * row, 33 * row + 33)));
    const wanted = softmaxCrossEntropy(labels, logits, {}).floor;
    const [kept, other] = [0, 1].map(() => softmaxCrossEntropy(lists, logits, {}));
    expectAllClose([kept.floor], [wanted], { atol: 1e-12 });
    lists[4][32] += 1e-9;
    expect(() => other.floor).toThrow(changed);
  });
});

test("more priors and masks than are kept, in turn and changed in place, each count as they are", () => {
  const { logits } = call(4, 10, () => 1);
  const masks = Array.from({ length: 6 }, (_, i) => Array.from({ length: 10 }, (_, k) => k !== i + 4));
  const wide = { data: Float64Array.from(logits.data), shape: logits.shape };
  for (let round = 0; round < 3; round++) {
    for (const allowed of masks) {
      for (const given of [allowed, allowed.map(Number), Uint8Array.from(allowed, Number)]) {
        const options = { labelSmoothing: 0.4, allowed: given };
        const [{ loss }, wanted] = [
          softmaxCrossEntropy([0, 1, 2, 3], logits, options),
          core([0, 1, 2, 3], wide, options),
        ];
        expectAllClose([loss], [wanted.loss], { rtol: 1e-6 });
      }
    }
    for (const mask of masks) mask[9] = !mask[9];
  }
});
