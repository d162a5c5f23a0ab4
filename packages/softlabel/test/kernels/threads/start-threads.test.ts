import { ArgumentError, softmaxCrossEntropy } from "softlabel";
import { startThreads, type Threads } from "softlabel/threads";
import { afterEach, describe, expect, test, vi } from "vitest";
import { softmaxCrossEntropy as core } from "../../../src/core/softmax-cross-entropy.ts";
import { randomStream } from "../../core/random-call.ts";
import { expectAllClose } from "../../expect-all-close.ts";

const started: Threads[] = [];
afterEach(async () => {
  await Promise.all(started.splice(0).map((threads) => threads.dispose()));
  vi.unstubAllGlobals();
});

async function start(count?: number): Promise<Threads> {
  const threads = await startThreads(count === undefined ? {} : { threads: count });
  started.push(threads);
  return threads;
}

function randomRows(seed: number, rows: number, classes: number) {
  const random = randomStream(seed);
  const data = Float32Array.from({ length: rows * classes }, () => 6 * random() - 3);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  return { labels, logits: { data, shape: [rows, classes] } };
}

const same = (a: Float32Array, b: Float32Array): boolean =>
  Buffer.from(a.buffer, a.byteOffset, a.byteLength).equals(Buffer.from(b.buffer, b.byteOffset, b.byteLength));

describe("the loss on threads", () => {
  const { labels, logits } = randomRows(1, 400, 1003);
  const random = randomStream(2);
  const weights = Float64Array.from(labels, random);
  const calls = {
    mean: { labelSmoothing: 0.1, gradient: true },
    "one loss per row": { labelSmoothing: Float64Array.from(labels, random), reduction: "none", gradient: true },
    "weights and a prior": {
      labelSmoothing: 0.1,
      weights,
      prior: Float64Array.from({ length: 1003 }, () => 1 / 1003),
      gradient: true,
    },
    "what the core does": {
      labelSmoothing: 0.1,
      classWeights: Array.from({ length: 1003 }, random),
      classWeighting: "pytorch",
      gradient: true,
    },
  } as const;

  test.each(Object.entries(calls))("is the loss on one, bit for bit: %s", async (_, options) => {
    const threads = await start(2);
    expect(threads.count).toBe(2);
    const { gradLogits: wanted, ...parts } = softmaxCrossEntropy(labels, logits, options);
    const { gradLogits, ...ownParts } = threads.softmaxCrossEntropy(labels, logits, options);
    expect(ownParts).toEqual(parts);
    expect(same(gradLogits.data as Float32Array, wanted.data as Float32Array)).toBe(true);

    const [z, gradientInto] = [threads.allocate(logits.shape), threads.allocate(logits.shape)];
    z.data.set(logits.data);
    const into = threads.softmaxCrossEntropy(labels, z, { ...options, gradient: undefined, gradientInto });
    expect(into.gradLogits).toBe(gradientInto);
    expect(into.loss).toEqual(parts.loss);
    expect(same(gradientInto.data, wanted.data as Float32Array)).toBe(true);
    expect(same(z.data, logits.data)).toBe(true);
    threads.softmaxCrossEntropy(labels, z, { ...options, gradient: undefined, gradientInto: z });
    expect(same(z.data, wanted.data as Float32Array)).toBe(true);
  });

  test("takes distributions, allocated or not, and reads them before the memory grows", async () => {
    const soft = { data: new Float32Array(logits.data.length), shape: logits.shape };
    for (const [row, label] of labels.entries()) {
      soft.data.fill(0.25 / 1003, row * 1003, (row + 1) * 1003);
      soft.data[row * 1003 + label] += 0.75;
    }
    const options = { labelSmoothing: 0.1, subtractFloor: true, gradient: true } as const;
    const wanted = softmaxCrossEntropy(soft, logits, options);
    const threads = await start(2);
    const plain = threads.softmaxCrossEntropy(soft, logits, options);
    const [q, z] = [threads.allocate(logits.shape), threads.allocate(logits.shape)];
    q.data.set(soft.data);
    z.data.set(logits.data);
    const allocated = threads.softmaxCrossEntropy(q, z, options);
    for (const result of [plain, allocated]) {
      expect([result.loss, result.floor]).toEqual([wanted.loss, wanted.floor]);
      expect(same(result.gradLogits.data as Float32Array, wanted.gradLogits.data as Float32Array)).toBe(true);
    }
  });

  test("throws what the loss on one throws, and works on", async () => {
    const threads = await start(2);
    const wrong = Int32Array.from(labels).fill(1003, 7, 8);
    const message = (compute: () => unknown): string => {
      try {
        compute();
      } catch (error) {
        if (error instanceof ArgumentError) return error.message;
      }
      return expect.fail("no ArgumentError was thrown");
    };
    expect(message(() => threads.softmaxCrossEntropy(wrong, logits))).toBe(
      message(() => softmaxCrossEntropy(wrong, logits)),
    );
    expect(() => threads.allocate([2 ** 30])).toThrow(`must have room for ${4 * 2 ** 30} bytes more, got `);
    expect(threads.softmaxCrossEntropy(labels, logits).loss).toBe(softmaxCrossEntropy(labels, logits).loss);
  });

  test("works with two sets of threads at once, whose tensors are each its own", async () => {
    const [a, b] = [await start(2), await start(3)];
    expect([a.count, b.count]).toEqual([2, 3]);
    const other = randomRows(3, 300, 1003);
    for (let i = 0; i < 20; i++) {
      expect(a.softmaxCrossEntropy(labels, logits).loss).toBe(softmaxCrossEntropy(labels, logits).loss);
      const { loss } = softmaxCrossEntropy(other.labels, other.logits);
      expect(b.softmaxCrossEntropy(other.labels, other.logits).loss).toBe(loss);
    }
    const tensor = a.allocate([2, 3]);
    expect(() => b.release(tensor)).toThrow(ArgumentError);
    // Any tensor is read; one of other threads is copied.
    const z = a.allocate(logits.shape);
    z.data.set(logits.data);
    expect(b.softmaxCrossEntropy(labels, z).loss).toBe(softmaxCrossEntropy(labels, logits).loss);
    await a.dispose();
    expect(b.softmaxCrossEntropy(labels, logits).loss).toBe(softmaxCrossEntropy(labels, logits).loss);
  });
});

describe("the memory of threads", () => {
  test("does not grow with a thousand calls of different shapes, nor with tensors that are released", async () => {
    const threads = await start(2);
    const probe = threads.allocate([1]);
    const bytes = (): number => probe.data.buffer.byteLength;
    const large = randomRows(4, 500, 1003);
    const random = randomStream(5);
    // One call on all threads and one that stays with the calling one: each way has scratch memory of its own.
    threads.softmaxCrossEntropy(large.labels, large.logits, { gradient: true });
    const small = randomRows(6, 100, 1003);
    threads.softmaxCrossEntropy(small.labels, small.logits, { gradient: true });
    threads.release(threads.allocate([200_000]));
    const before = bytes();
    for (let i = 0; i < 1000; i++) {
      const rows = 100 + Math.floor(400 * random());
      const [data, labels] = [large.logits.data.subarray(0, rows * 1003), large.labels.subarray(0, rows)];
      threads.softmaxCrossEntropy(labels, { data, shape: [rows, 1003] }, { gradient: i % 2 === 0 });
      threads.release(threads.allocate([1 + Math.floor(200_000 * random())]));
    }
    expect(bytes()).toBe(before);
  }, 60_000);

  test("holds tensors of zeros, whose data stay what they are when it grows", async () => {
    const threads = await start(2);
    const tensor = threads.allocate([5]);
    expect(tensor.shape).toEqual([5]);
    expect(Array.from(tensor.data)).toEqual([0, 0, 0, 0, 0]);
    tensor.data.set([1, 2, 3, 4, 5]);
    expect(tensor.data).toBe(tensor.data);
    const { buffer } = tensor.data;
    expect(buffer).toBeInstanceOf(SharedArrayBuffer);
    threads.allocate([1 << 20]);
    expect(tensor.data.buffer).not.toBe(buffer);
    expect(Array.from(tensor.data)).toEqual([1, 2, 3, 4, 5]);
    threads.release(tensor);
    const error = new ArgumentError(
      "tensor must come from these threads and not be released yet, got one that is not held",
    );
    expect(() => tensor.data).toThrow(error);
    expect(() => threads.release(tensor)).toThrow(error);
    expect(Array.from(threads.allocate([5]).data)).toEqual([0, 0, 0, 0, 0]);
    expect(() => threads.allocate([2, -1])).toThrow("shape must be an array of lengths, got an array of length 2");
  });
});

test("a gradient over a part of the logits, through a view from before the memory grew, is the gradient of all", async () => {
  const threads = await start(2);
  const [rows, classes] = [150, 1000];
  const { labels, logits } = randomRows(8, rows, classes);
  const { gradLogits: wanted } = softmaxCrossEntropy(labels, logits, { gradient: true });
  const tensor = threads.allocate([rows + 40, classes]);
  const before = tensor.data;
  while (tensor.data.buffer === before.buffer) threads.allocate([2 ** 16]);
  const z = { data: tensor.data.subarray(0, rows * classes), shape: logits.shape };
  const into = { data: before.subarray(40 * classes), shape: logits.shape };
  const soft = { data: new Float32Array(z.data.length).fill(1 / classes), shape: logits.shape };
  z.data.set(logits.data);
  expect(threads.softmaxCrossEntropy(labels, z, { gradientInto: into }).gradLogits).toBe(into);
  expectAllClose(into.data, wanted.data, { atol: 1e-7 });
  // The same of labels that are distributions.
  const { gradLogits: uniform } = softmaxCrossEntropy(soft, logits, { gradient: true });
  z.data.set(soft.data);
  threads.softmaxCrossEntropy(z, logits, { gradientInto: into });
  expectAllClose(into.data, uniform.data, { atol: 1e-7 });
});

describe("threads that are disposed of", () => {
  test.each([1, 2])("cannot be used: %i", async (count) => {
    const threads = await start(count);
    const tensor = threads.allocate([1, 3]);
    const gone = threads.dispose();
    expect(threads.dispose()).toBe(gone);
    await gone;
    const error = new ArgumentError("threads must not be disposed of, got disposed ones; start others");
    expect(() => threads.softmaxCrossEntropy([0], [[1, 2]])).toThrow(error);
    expect(() => threads.allocate([1])).toThrow(error);
    expect(() => threads.release(tensor)).toThrow(error);
    expect(() => tensor.data).toThrow(ArgumentError);
    expect(threads.count).toBe(1);
  });
});

describe("how many threads there are", () => {
  test("is as many as the machine runs at once unless said otherwise", async () => {
    const { availableParallelism } = await import("node:os");
    expect((await start()).count).toBe(Math.min(availableParallelism(), 256));
    expect((await start(1)).count).toBe(1);
  });

  test("must be said right", async () => {
    for (const [threads, shown] of [
      [0, "0"],
      [1.5, "1.5"],
      [257, "257"],
      [Number.NaN, "NaN"],
      ["2", '"2"'],
    ] as const) {
      await expect(startThreads({ threads: threads as number })).rejects.toThrow(
        new ArgumentError(`threads must be an integer from 1 to 256, got ${shown}`),
      );
    }
    await expect(startThreads({ thread: 2 } as object)).rejects.toThrow(
      new ArgumentError('options must be among threads, got "thread"'),
    );
    await expect(startThreads(2 as unknown as object)).rejects.toThrow("options must be an object, got 2");
  });
});

describe("where threads cannot be had there is one, without an error", () => {
  const { labels, logits } = randomRows(7, 300, 1003);
  const options = { labelSmoothing: 0.1, gradient: true } as const;

  async function expectOne(compute: typeof softmaxCrossEntropy): Promise<void> {
    const threads = await start(2);
    expect(threads.count).toBe(1);
    const wanted = compute(labels, logits, options);
    const result = threads.softmaxCrossEntropy(labels, logits, options);
    expect(result.loss).toBe(wanted.loss);
    expect(same(result.gradLogits.data as Float32Array, wanted.gradLogits.data as Float32Array)).toBe(true);
    const tensor = threads.allocate(logits.shape);
    tensor.data.set(logits.data);
    expect(threads.softmaxCrossEntropy(labels, tensor, options).loss).toBe(wanted.loss);
    threads.release(tensor);
  }

  const engine = (globalThis as unknown as { readonly WebAssembly: Record<string, unknown> }).WebAssembly;
  const members = Object.fromEntries(["validate", "Module", "Instance", "Memory"].map((name) => [name, engine[name]]));
  class Refuses {
    constructor() {
      throw new EvalError("refused");
    }
  }

  test("without SharedArrayBuffer", async () => {
    vi.stubGlobal("SharedArrayBuffer", undefined);
    await expectOne(softmaxCrossEntropy);
  });

  test("in a page that is not isolated", async () => {
    vi.stubGlobal("crossOriginIsolated", false);
    await expectOne(softmaxCrossEntropy);
  });

  test("without any workers", async () => {
    vi.stubGlobal("process", { ...process, getBuiltinModule: undefined });
    vi.stubGlobal("Worker", undefined);
    await expectOne(softmaxCrossEntropy);
  });

  test("without WebAssembly, or where it may not be compiled", async () => {
    vi.stubGlobal("WebAssembly", undefined);
    await expectOne(core);
    const { allocate } = await start(2);
    expect(() => allocate([2 ** 50])).toThrow(
      new ArgumentError("shape must fit in memory, got [1125899906842624], which takes 4503599627370496 bytes"),
    );
    vi.stubGlobal("WebAssembly", { ...members, Module: Refuses });
    await expectOne(core);
  });

  test("without memory that can be shared", async () => {
    vi.stubGlobal("WebAssembly", {
      ...members,
      Memory: function Memory(limits: { readonly shared?: boolean }) {
        if (limits.shared) throw new RangeError("refused");
        return Reflect.construct(engine.Memory as never, [limits]);
      },
    });
    await expectOne(softmaxCrossEntropy);
  });

  test("with the largest shared memory that the engine accepts", async () => {
    const asked: number[] = [];
    vi.stubGlobal("WebAssembly", {
      ...members,
      Memory: function Memory(limits: { readonly maximum: number }) {
        asked.push(limits.maximum);
        if (limits.maximum > 20_000) throw new RangeError("too much");
        return Reflect.construct(engine.Memory as never, [limits]);
      },
    });
    expect((await start(2)).count).toBe(2);
    expect(asked).toEqual([65536, 32768, 16384]);
  });
});
