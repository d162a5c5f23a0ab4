import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { grad, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/jax";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { randomCall, randomDistribution, randomStream } from "../core/random-call.ts";
import { asArray, asFloats } from "./support/jax-loss.ts";

/** What counts references to pieces of memory in a backend of jax-js. */
interface Slots {
  malloc(size: number, data?: Uint8Array): number;
  incRef(slot: number): void;
  decRef(slot: number): void;
}

const random = randomStream(2);
const [ROWS, CLASSES] = [5, 6];
const { logits, indices, distributions } = randomCall(random, ROWS, CLASSES);
const prior = randomDistribution(random, CLASSES);
const matrix = Array.from({ length: CLASSES }, () => randomDistribution(random, CLASSES));
const perRow = [0.1, 0.2, 0.3, 0.4, 0.5];
const masks = Array.from({ length: ROWS * CLASSES }, () => 1);

/** References that are held: made, and not yet given back. */
let held = 0;
/** Bytes that are held, and the most that were since this was set back. */
const bytes = { now: 0, most: 0 };
/** Bytes and references of each piece of memory. */
const pieces = new Map<number, { readonly size: number; references: number }>();

function count(slot: number, change: number): void {
  held += change;
  const piece = pieces.get(slot);
  if (piece === undefined) return;
  piece.references += change;
  if (piece.references > 0) return;
  bytes.now -= piece.size;
  pieces.delete(slot);
}

beforeAll(async () => {
  const entry = createRequire(import.meta.url)
    .resolve("@jax-js/jax")
    .replace(/\.cjs$/, ".js");
  // jax-js shows no count of what it holds; the backend that counts is in a file of its own, under a short name.
  const [, name, file] = /(\w+) as getBackend\b[^;]*from "(\.\/backend-[^"]+)"/.exec(readFileSync(entry, "utf8")) ?? [];
  const module = await import(pathToFileURL(join(dirname(entry), file)).href);
  const backend: Slots = module[name]("wasm");
  const { malloc, incRef, decRef } = backend;
  vi.spyOn(backend, "malloc").mockImplementation((size, data) => {
    const slot = malloc.call(backend, size, data);
    pieces.set(slot, { size, references: 0 });
    count(slot, 1);
    bytes.now += size;
    bytes.most = Math.max(bytes.most, bytes.now);
    return slot;
  });
  vi.spyOn(backend, "incRef").mockImplementation((slot) => {
    count(slot, 1);
    incRef.call(backend, slot);
  });
  vi.spyOn(backend, "decRef").mockImplementation((slot) => {
    count(slot, -1);
    decRef.call(backend, slot);
  });
});

afterAll(() => vi.restoreAllMocks());

/** How many references more are held after `run` than before; what jit keeps for later calls is made by a first one. */
function leaked(run: () => void): number {
  run();
  const before = held;
  for (let i = 0; i < 3; i++) run();
  return held - before;
}

const calls: Record<string, (z: np.Array) => np.Array> = {
  "class indices": (z) => softmaxCrossEntropy(asArray(indices), z, { labelSmoothing: 0.1 }),
  "plain labels": (z) => softmaxCrossEntropy(indices, z, { labelSmoothing: 0.1 }),
  distributions: (z) => softmaxCrossEntropy(asFloats(distributions), z, { labelSmoothing: 0.1 }),
  "ε = 0": (z) => softmaxCrossEntropy(asFloats(distributions), z),
  "every option, indices": (z) =>
    softmaxCrossEntropy(asArray(indices), z, {
      labelSmoothing: asFloats(perRow),
      prior: asFloats(prior),
      allowed: asFloats({ data: masks, shape: [ROWS, CLASSES] }),
      weights: asFloats(perRow),
      classWeights: asFloats(prior),
      classWeighting: "pytorch",
      convention: "other-classes",
      ignoreIndex: 0,
      normalizer: np.array(3),
      subtractFloor: true,
    }),
  "every option, distributions": (z) =>
    softmaxCrossEntropy(asFloats(distributions), z, {
      labelSmoothing: asFloats(perRow),
      prior: asFloats(matrix),
      allowed: asFloats(masks.slice(0, CLASSES)),
      weights: asFloats(perRow),
      classWeights: asFloats(prior),
      convention: "classy-vision",
      reduction: "sum-by-nonzero-weights",
    }),
  "a prior per label": (z) =>
    softmaxCrossEntropy(asArray(indices), z, {
      labelSmoothing: 0.1,
      prior: asFloats(matrix),
      convention: "other-classes",
    }),
  "one prior for the other classes": (z) =>
    softmaxCrossEntropy(asFloats(distributions), z, { labelSmoothing: 0.1, prior, convention: "other-classes" }),
  "a mean over rows": (z) =>
    softmaxCrossEntropy(asArray(indices), z, { weights: asFloats(perRow), meanOver: "rows", ignoreIndex: 0 }),
  sigmoid: (z) =>
    sigmoidCrossEntropy(asFloats(distributions), z, {
      labelSmoothing: asFloats(perRow[0] as never),
      prior: asFloats(prior),
      weights: asFloats(masks.slice(0, CLASSES)),
      subtractFloor: true,
    }),
  "sigmoid, full": (z) => sigmoidCrossEntropy(asFloats(distributions), z, { convention: "full" }),
};

describe("ownership", () => {
  test("an array that is left behind is counted", () => {
    expect(leaked(() => asFloats(logits).ref)).toBe(3);
  });

  for (const [name, loss] of Object.entries(calls)) {
    test(`nothing is left behind: ${name}`, () => {
      expect(leaked(() => loss(asFloats(logits)).item())).toBe(0);
      expect(leaked(() => grad(loss)(asFloats(logits)).dataSync())).toBe(0);
    });
  }

  test("200 compiled training steps leave nothing behind", () => {
    const step = jit(
      valueAndGrad((z: np.Array, labels: np.Array) => softmaxCrossEntropy(labels, z, { labelSmoothing: 0.1 })),
    );
    const run = (): void => {
      const [loss, gradient] = step(asFloats(logits), asArray(indices)) as [np.Array, np.Array];
      expect(loss.item()).toBeGreaterThan(0);
      gradient.dispose();
    };
    run();
    const before = held;
    for (let i = 0; i < 200; i++) run();
    expect(held).toBe(before);
    step.dispose();
  });

  test.each([
    ["plain", 2, { labelSmoothing: 0.1 }],
    ["weights", 2, { labelSmoothing: 0.1, weights: new Array(64).fill(1) }],
    ["a positive prior", 2, { labelSmoothing: 0.1, prior: new Array(1000).fill(0.001) }],
    ["no smoothing", 3, {}],
    ["a mask", 3, { labelSmoothing: 0.1, allowed: new Array(1000).fill(1) }],
  ])("under jit the memory beside logits and gradient is a multiple of the logits: %s, %d", (_, times, options) => {
    const [rows, classes] = [64, 1000];
    const many = randomCall(random, rows, classes);
    const step = jit(valueAndGrad((z: np.Array, y: np.Array) => softmaxCrossEntropy(y, z, options)));
    const [z, y] = [asFloats(many.logits), asArray(many.indices)];
    for (let run = 0; run < 2; run++) {
      bytes.most = bytes.now;
      const before = bytes.now;
      const [loss, gradient] = step(z.ref, y.ref) as [np.Array, np.Array];
      loss.item();
      const logitsBytes = 4 * rows * classes;
      const beside = bytes.most - before - logitsBytes;
      if (run > 0) expect(Math.round((10 * beside) / logitsBytes) / 10).toBe(times);
      gradient.dispose();
    }
    z.dispose();
    y.dispose();
  });

  test("jit keeps an identity matrix of classes² numbers for nn.oneHot, and none for this loss", () => {
    const [rows, classes] = [2, 500];
    const many = randomCall(random, rows, classes);
    const keptBy = (loss: (z: np.Array, labels: np.Array) => np.Array): number => {
      const before = bytes.now;
      const step = jit(loss);
      step(asFloats(many.logits), asArray(many.indices)).item();
      const kept = bytes.now - before;
      step.dispose();
      return kept;
    };
    const oneHot = (z: np.Array, y: np.Array) => nn.logSoftmax(z).mul(nn.oneHot(y, classes)).sum();
    expect(keptBy(oneHot)).toBeGreaterThanOrEqual(4 * classes ** 2);
    // The numbers 0, 1, …, K − 1.
    expect(keptBy((z, y) => softmaxCrossEntropy(y, z))).toBeLessThanOrEqual(2 * 4 * classes);
  });

  test("labels, logits and options are consumed; a reference keeps them", () => {
    const [labels, z, weights] = [asArray(indices), asFloats(logits), asFloats(perRow)];
    softmaxCrossEntropy(labels.ref, z.ref, { weights: weights.ref }).dispose();
    expect([labels, z, weights].map(({ refCount }) => refCount)).toEqual([1, 1, 1]);
    softmaxCrossEntropy(labels, z, { weights }).dispose();
    for (const array of [labels, z, weights]) expect(() => array.ref).toThrow("Referenced tracer Array");
  });

  test("also when the call is refused", () => {
    const [labels, z, weights] = [asArray(indices), asFloats(logits), asFloats([1, 2])];
    expect(() => softmaxCrossEntropy(labels.ref, z.ref, { weights: weights.ref })).toThrow("weights must be");
    expect([labels, z, weights].map(({ refCount }) => refCount)).toEqual([1, 1, 1]);
    for (const array of [labels, z, weights]) array.dispose();
  });
});
