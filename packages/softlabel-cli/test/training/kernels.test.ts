import type { Tensor, Tensor2D, Tensor4D } from "@tensorflow/tfjs-core";
import { beforeAll, describe, expect, it } from "vitest";
import { startTensorFlow } from "../../src/training/start.ts";
import { tf } from "../../src/training/tensorflow.ts";
import { cases, expectSameOnBothBackends, mostlyZero, type Operation, ties, values } from "./support/backends.ts";

beforeAll(startTensorFlow);

describe("convolution", () => {
  const { random, between, pick } = cases(1);
  const randomShapes = Array.from({ length: 40 }, () => {
    const filter = [between(1, 5), between(1, 5), between(1, 6), between(1, 9)] as const;
    const strides = pick<number | [number, number]>([1, 2, 2, 3, [2, 1], [1, 2]]);
    const upTo = (size: number): [number, number] => [between(0, size - 1), between(0, size - 1)];
    const explicit: Padding = [[0, 0], upTo(filter[0]), upTo(filter[1]), [0, 0]];
    const pad = pick<"same" | "valid" | Padding>(["same", "valid", explicit]);
    return { x: [pick([1, 7]), between(5, 15), between(5, 15), filter[2]], filter, strides, pad };
  });
  type Padding = [[number, number], [number, number], [number, number], [number, number]];
  const named = [
    { why: "a filter smaller than its stride", x: [7, 10, 13, 1], filter: [1, 3, 1, 5], strides: 2, pad: "same" },
    { why: "rows that no window reaches", x: [1, 8, 9, 2], filter: [3, 3, 2, 4], strides: 2, pad: "valid" },
    { why: "one pixel", x: [1, 1, 1, 3], filter: [1, 1, 3, 2], strides: 1, pad: "same" },
    { why: "one window", x: [7, 5, 5, 2], filter: [5, 5, 2, 3], strides: 1, pad: "valid" },
    { why: "LeNet-5's first layer", x: [3, 28, 28, 1], filter: [5, 5, 1, 6], strides: 1, pad: "same" },
    { why: "LeNet-5's second layer", x: [3, 14, 14, 6], filter: [5, 5, 6, 16], strides: 1, pad: "valid" },
    { why: "LeNet's second layer", x: [1, 14, 14, 32], filter: [5, 5, 32, 64], strides: 1, pad: "same" },
  ] as const;

  const upstreams = [
    { upstream: "dense", upstreamFill: values },
    { upstream: "mostly zero", upstreamFill: mostlyZero },
  ];
  describe.each(upstreams)("under a $upstream gradient", ({ upstreamFill }) => {
    it.each(named)("and its gradients agree with the reference for $why", async ({ x, filter, strides, pad }) => {
      const given = [values(x, random), values(filter, random)];
      await expectSameOnBothBackends(given, conv2d(strides, pad), random, { upstreamFill });
    });

    it("and its gradients agree with the reference on random odd shapes, strides and paddings", async () => {
      for (const { x, filter, strides, pad } of randomShapes) {
        const given = [values(x, random), values(filter, random)];
        await expectSameOnBothBackends(given, conv2d(strides, pad), random, { upstreamFill });
      }
    });
  });

  it("under a gradient of zeros alone has gradients of zero", () => {
    const gradients = tf.tidy(() => {
      const [x, filter] = [values([2, 6, 6, 3], random), values([3, 3, 3, 4], random)];
      const given = [tf.tensor(x.data, [2, 6, 6, 3]), tf.tensor(filter.data, [3, 3, 3, 4])];
      return tf
        .grads(conv2d(1, "same"))(given, tf.zeros([2, 6, 6, 4]))
        .flatMap((gradient) => [...gradient.dataSync()]);
    });
    expect(gradients).toHaveLength(2 * 6 * 6 * 3 + 3 * 3 * 3 * 4);
    expect(new Set(gradients)).toEqual(new Set([0]));
  });

  it("counts nothing for the pixels that a window lacks where sizes are rounded up", () => {
    // Windows of 3 at a stride of 2 would need 7 pixels for three of them; there are 6.
    const gradient = tf.tidy(() => {
      const dy = tf.tensor([1, 0, 0, 0, 0, 0, 0, 0, 1], [1, 3, 3, 1]);
      const attributes = { strides: 2, pad: 0, dataFormat: "NHWC", dimRoundingMode: "ceil", filterShape: [3, 3, 1, 1] };
      const whole: Tensor = tf.engine().runKernel("Conv2DBackpropFilter", { x: tf.ones([1, 6, 6, 1]), dy }, attributes);
      return [...whole.dataSync()];
    });
    expect(gradient).toEqual([2, 2, 1, 2, 2, 1, 1, 1, 1]);
  });

  it("fused with a bias agrees with the reference, its gradients too", async () => {
    for (const { x, filter, strides, pad } of named) {
      const fused: Operation = (image, kernel, bias) =>
        tf.fused.conv2d({ x: image as Tensor4D, filter: kernel as Tensor4D, strides, pad, bias, activation: "linear" });
      await expectSameOnBothBackends(
        [values(x, random), values(filter, random), values([filter[3]], random)],
        fused,
        random,
      );
    }
  });

  it("refuses to train with channels before rows", () => {
    const gradient = (): unknown =>
      tf.tidy(() =>
        tf
          .engine()
          .runKernel(
            "Conv2DBackpropFilter",
            { x: tf.ones([1, 2, 3, 3]), dy: tf.ones([1, 1, 3, 3]) },
            { strides: 1, pad: "valid", dataFormat: "NCHW", filterShape: [1, 1, 2, 1] },
          ),
      );
    expect(gradient).toThrow("dataFormat must be NHWC to train on WebAssembly, got NCHW");
  });

  function conv2d(strides: number | [number, number], pad: "same" | "valid" | Padding): Operation {
    const rounding = typeof pad === "string" ? undefined : "floor";
    return (x, filter) => tf.conv2d(x as Tensor4D, filter as Tensor4D, strides, pad, "NHWC", 1, rounding);
  }
});

describe("matrix product", () => {
  const { random, between, pick } = cases(2);
  const shapes = Array.from({ length: 24 }, () => {
    const [transposeA, transposeB] = [random() < 0.5, random() < 0.5];
    const [rows, columns, inner, batch] = [between(1, 70), between(1, 70), between(1, 70), pick([[], [], [1], [3]])];
    return {
      transposeA,
      transposeB,
      a: [...batch, ...(transposeA ? [inner, rows] : [rows, inner])],
      b: [...batch, ...(transposeB ? [columns, inner] : [inner, columns])],
      columns,
    };
  });

  it("and its gradients agree with the reference, transposed or not, in batches or not", async () => {
    for (const { a, b, transposeA, transposeB } of shapes) {
      const product: Operation = (p, q) => tf.matMul(p, q, transposeA, transposeB);
      await expectSameOnBothBackends([values(a, random), values(b, random)], product, random);
    }
  });

  it("fused with bias and activation agrees with the reference", async () => {
    for (const { a, b, transposeA, transposeB, columns } of shapes.filter(({ a }) => a.length === 2)) {
      const activation = pick(["linear", "relu", "relu6"] as const);
      const fused: Operation = (p, q, bias) =>
        tf.fused.matMul({ a: p, b: q, transposeA, transposeB, bias, activation });
      await expectSameOnBothBackends([values(a, random), values(b, random), values([columns], random)], fused, random);
    }
  });
});

describe("dense layer", () => {
  const { random, between } = cases(3);

  it.each(["linear", "relu"] as const)("and its three gradients agree with the reference, %s", async (activation) => {
    for (let round = 0; round < 8; round++) {
      const [rows, inputs, outputs] = [between(1, 40), between(1, 90), between(1, 40)];
      const given = [values([rows, inputs], random), values([inputs, outputs], random), values([outputs], random)];
      const dense: Operation = (x, weights, bias) =>
        tf.engine().runKernel("Dense", { x, weights, bias }, { activation });
      const reference: Operation = (x, weights, bias) => {
        const sums = tf.add(tf.matMul(x as Tensor2D, weights as Tensor2D), bias);
        return activation === "relu" ? tf.relu(sums) : sums;
      };
      await expectSameOnBothBackends(given, dense, random, { reference });
    }
  });
});

describe("bias and ReLU", () => {
  const { random, between } = cases(4);
  const biasRelu: Operation = (x, bias) => tf.engine().runKernel("BiasRelu", { x, bias });

  it("in one pass agree with the reference, their gradients too", async () => {
    for (let round = 0; round < 8; round++) {
      const shape = [between(1, 7), between(1, 9), between(1, 9), between(1, 7)];
      const given = [values(shape, random), values([shape[3]], random)];
      await expectSameOnBothBackends(given, biasRelu, random, {
        reference: (x, bias) => tf.relu(tf.add(x, bias)),
      });
    }
  });

  it("after max pooling give what they give before it, bit for bit", () => {
    const [x, bias] = [values([5, 8, 6, 3], random), values([3], random)];
    const [before, after] = tf.tidy(() => {
      const [image, b] = [tf.tensor4d(x.data, [5, 8, 6, 3]), tf.tensor1d(bias.data)];
      const first = tf.maxPool(biasRelu(image, b) as Tensor4D, 2, 2, "valid");
      const last = biasRelu(tf.maxPool(image, 2, 2, "valid"), b);
      return [first.dataSync(), last.dataSync()];
    });
    expect(after).toEqual(before);
  });

  it("pass NaN on", () => {
    const y = tf.tidy(() => biasRelu(tf.tensor2d([[Number.NaN, -1, 2]]), tf.tensor1d([1, 2, -3])).dataSync());
    expect([...y]).toEqual([Number.NaN, 1, 0]);
  });
});

describe("max pooling", () => {
  const { random, between, pick } = cases(5);

  it("sends its gradient where the reference does, ties included", async () => {
    for (let round = 0; round < 20; round++) {
      const shape = [pick([1, 7]), between(4, 13), between(4, 13), between(1, 6)];
      const [size, strides, pad] = [between(1, 4), between(1, 3), pick(["same", "valid"] as const)];
      const pool: Operation = (x) => tf.maxPool(x as Tensor4D, size, strides, pad);
      for (const fill of [values, ties]) await expectSameOnBothBackends([fill(shape, random)], pool, random);
    }
  });
});

describe("a second handle", () => {
  it.each([
    ["float32", [1.5, 2]],
    ["int32", [1, 2]],
    ["bool", [1, 0]],
    ["string", ["a", "b"]],
  ] as const)("of %s shares the numbers and outlives the first", (dtype, data) => {
    const original = tf.tensor1d([...data] as number[], dtype as "float32");
    const before = tf.memory();
    const copy = tf.clone(original);
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors + 1, numDataBuffers: before.numDataBuffers });
    original.dispose();
    expect([...copy.dataSync()]).toEqual(data);
    copy.dispose();
    expect(tf.memory()).toMatchObject({ numTensors: before.numTensors - 1, numDataBuffers: before.numDataBuffers - 1 });
  });
});
