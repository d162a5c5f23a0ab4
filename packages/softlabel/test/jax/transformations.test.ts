import { type ClosedJaxpr, grad, hessian, jit, jvp, makeJaxpr, numpy as np, valueAndGrad, vmap } from "@jax-js/jax";
import { softmaxCrossEntropy as core } from "softlabel";
import { sigmoidCrossEntropy, softmaxCrossEntropy } from "softlabel/jax";
import { describe, expect, test } from "vitest";
import { randomCall, randomStream } from "../core/random-call.ts";
import { expectAllClose, expectClose } from "../expect-all-close.ts";
import { asArray, asFloats, jaxLoss } from "./support/jax-loss.ts";

const [ROWS, CLASSES] = [4, 6];
const { logits, indices, distributions } = randomCall(randomStream(3), ROWS, CLASSES);
const options = { labelSmoothing: 0.1 };
const SINGLE = { rtol: 2e-6, atol: 1e-6 };
const numbers = (array: np.Array): Float64Array => Float64Array.from(array.dataSync() as Float32Array);

describe("softmaxCrossEntropy under the transformations of jax-js", () => {
  test("without jit gives what it gives under jit", () => {
    const weights = [1, 0, 2, 0.5];
    for (const labels of [indices, distributions]) {
      const compiled = jaxLoss(labels, logits, { ...options, weights });
      const eager = jaxLoss(labels, logits, { ...options, weights }, { compiled: false });
      expectClose(eager.loss as number, compiled.loss as number, SINGLE);
      expectAllClose(eager.gradLogits.data, compiled.gradLogits.data, SINGLE);
    }
  });

  test("vmap over rows is the batch, row by row", () => {
    const loss = (label: np.Array, z: np.Array) => softmaxCrossEntropy(label, z, options);
    const expected = jaxLoss(indices, logits, { ...options, reduction: "none" });
    expectAllClose(numbers(vmap(loss)(asArray(indices), asFloats(logits))), expected.loss as Float64Array, SINGLE);
    const gradients = jit(vmap(grad((z: np.Array, label: np.Array) => loss(label, z))));
    expectAllClose(numbers(gradients(asFloats(logits), asArray(indices))), expected.gradLogits.data, SINGLE);
  });

  test("vmap over a leading axis keeps what is not mapped", () => {
    const prior = [0.3, 0.1, 0.1, 0.2, 0.2, 0.1];
    const loss = (z: np.Array, label: np.Array, u: np.Array) =>
      softmaxCrossEntropy(label, z, { labelSmoothing: 0.3, prior: u, ignoreIndex: 0 });
    const batches = vmap(loss, [0, 0, null])(
      asFloats({ data: logits.data, shape: [2, 2, CLASSES] }),
      asArray({ data: indices.data, shape: [2, 2] }),
      asFloats(prior),
    );
    const halves = [0, 1].map((half) => {
      const data = logits.data.slice(half * 2 * CLASSES, (half + 1) * 2 * CLASSES);
      const labels = indices.data.slice(half * 2, half * 2 + 2);
      const { loss } = jaxLoss(labels, { data, shape: [2, CLASSES] }, { labelSmoothing: 0.3, prior, ignoreIndex: 0 });
      return loss as number;
    });
    expectAllClose(numbers(batches), halves, SINGLE);
  });

  test("the gradient with respect to distribution labels is −(1 − ε)·log p", () => {
    const each = (q: np.Array, z: np.Array) => softmaxCrossEntropy(q, z, { ...options, reduction: "sum" });
    const gradient = numbers(jit(grad(each))(asFloats(distributions), asFloats(logits)));
    const minusLogP = Array.from({ length: ROWS }, (_, row) => {
      const z = logits.data.subarray(row * CLASSES, (row + 1) * CLASSES);
      const sum = z.reduce((total, value) => total + Math.exp(value), 0);
      return Array.from(z, (value) => Math.log(sum) - value);
    }).flat();
    expectAllClose(
      gradient,
      minusLogP.map((value) => 0.9 * value),
      SINGLE,
    );
  });

  test("the gradient with respect to ε is H(u, p) − H(q, p)", () => {
    const loss = (ε: np.Array) =>
      softmaxCrossEntropy(asArray(indices), asFloats(logits), { labelSmoothing: ε, reduction: "sum" });
    const slope = grad(loss)(np.array(0.2)).item();
    const at = (labelSmoothing: number) =>
      jaxLoss(indices, logits, { labelSmoothing, reduction: "sum" }).loss as number;
    expectClose(slope, at(1) - at(0), { rtol: 1e-5 });
  });

  test("the second derivative of one row is diag(p) − p·pᵀ", () => {
    const z = logits.data.subarray(0, CLASSES);
    const loss = (x: np.Array) => softmaxCrossEntropy([2], x.reshape([1, CLASSES]), options);
    const second = vmap((direction: np.Array) => jvp(grad(loss), [asFloats(z)], [direction])[1])(np.eye(CLASSES));
    const sum = z.reduce((total, value) => total + Math.exp(value), 0);
    const p = Array.from(z, (value) => Math.exp(value) / sum);
    const expected = p.flatMap((a, i) => p.map((b, j) => (i === j ? a : 0) - a * b));
    expectAllClose(numbers(second), expected, SINGLE);
  });

  test("any rank and any axis of the classes", () => {
    const random = randomStream(8);
    const data = Float64Array.from({ length: 2 * CLASSES * 3 }, () => 4 * random() - 2);
    const labels = { data: Int32Array.from({ length: 6 }, () => Math.floor(random() * CLASSES)), shape: [2, 3] };
    const middle = jaxLoss(labels, { data, shape: [2, CLASSES, 3] }, { ...options, axis: 1, reduction: "none" });
    const moved = new Float64Array(data.length);
    for (let i = 0; i < data.length; i++) {
      const [batch, k, at] = [Math.floor(i / (CLASSES * 3)), Math.floor(i / 3) % CLASSES, i % 3];
      moved[(batch * 3 + at) * CLASSES + k] = data[i];
    }
    const last = jaxLoss(labels, { data: moved, shape: [2, 3, CLASSES] }, { ...options, reduction: "none" });
    expectAllClose(middle.loss as Float64Array, last.loss as Float64Array, SINGLE);
    expect(middle.gradLogits.shape).toEqual([2, CLASSES, 3]);
    const shaped = softmaxCrossEntropy(asArray(labels), asFloats({ data: moved, shape: [2, 3, CLASSES] }), {
      reduction: "none",
    });
    expect(shaped.shape).toEqual([2, 3]);
    shaped.dispose();
  });

  test("float64 logits are computed in float64", () => {
    const loss = (z: np.Array) => softmaxCrossEntropy(asArray(indices), z, options);
    const [value, gradient] = valueAndGrad(loss)(asFloats(logits).astype(np.float64)) as [np.Array, np.Array];
    expect([value.dtype, gradient.dtype]).toEqual(["float64", "float64"]);
    const single = { data: Float32Array.from(logits.data), shape: logits.shape };
    const expected = core(indices, { data: Float64Array.from(single.data), shape: logits.shape }, options);
    expectClose(value.item(), expected.loss, { rtol: 1e-6 });
    gradient.dispose();
  });

  test("float16 logits are cast to float32 before anything else", () => {
    // Traced only: the WebAssembly backend has no float16.
    const { jaxpr } = makeJaxpr((z: np.Array) => softmaxCrossEntropy([1], z, options))(
      np.zeros([1, 3], { dtype: np.float16 }),
    ) as unknown as { jaxpr: ClosedJaxpr };
    const { eqns, outs } = jaxpr.jaxpr;
    const ofLogits = eqns.filter(({ inputs }) => inputs.some(({ aval }) => aval.dtype === np.float16));
    expect(ofLogits.map(({ primitive, params }) => [primitive, params.dtype])).toEqual([["cast", "float32"]]);
    expect(outs.map(({ aval }) => aval.dtype)).toEqual(["float32"]);
    jaxpr.dispose();
  });

  test("float16 logits have no gradient, since jax-js' cast has none", () => {
    // If this fails, the documentation of both losses and docs/jax.md say so no longer.
    const traced = (loss: (z: np.Array) => np.Array) => () =>
      makeJaxpr(grad(loss))(np.zeros([1, 3], { dtype: np.float16 }));
    expect(traced((z) => softmaxCrossEntropy([1], z, options))).toThrow("Backward pass not implemented for cast");
    expect(traced((z) => sigmoidCrossEntropy([[0, 1, 1]], z))).toThrow("Backward pass not implemented for cast");
    expect(traced((z) => z.astype(np.float32).sum())).toThrow("Backward pass not implemented for cast");
  });

  test("a normaliser that is an array divides as the number does", () => {
    const loss = (normalizer: np.Array | number) =>
      softmaxCrossEntropy(asArray(indices), asFloats(logits), { ...options, normalizer }).item();
    expectClose(loss(np.array(8)), loss(8), SINGLE);
    const [half, whole] = [loss(8), softmaxCrossEntropy(asArray(indices), asFloats(logits), options).item()];
    expectClose(half, whole / 2, SINGLE);
  });
});

describe("sigmoidCrossEntropy under the transformations of jax-js", () => {
  test("gradient of labels and logits, and second derivative, as the formulas say", () => {
    const [z, y] = [
      [-2, -0.5, 0, 0.5, 3],
      [1, 0.25, 0.5, 0, 1],
    ];
    const loss = (x: np.Array, labels: np.Array) =>
      sigmoidCrossEntropy(labels, x, { labelSmoothing: 0.2, reduction: "sum" });
    const [, [dz, dy]] = jit(valueAndGrad(loss, { argnums: [0, 1] }))(np.array(z), np.array(y)) as [
      np.Array,
      [np.Array, np.Array],
    ];
    const σ = z.map((value) => 1 / (1 + Math.exp(-value)));
    expectAllClose(
      numbers(dz),
      σ.map((p, i) => p - (0.8 * y[i] + 0.1)),
      SINGLE,
    );
    expectAllClose(
      numbers(dy),
      z.map((value) => -0.8 * value),
      SINGLE,
    );
    const second = numbers(hessian((x: np.Array) => loss(x.ref, np.array(y)))(np.array(z)));
    expectAllClose(
      second.filter((_, i) => i % (z.length + 1) === 0),
      σ.map((p) => p * (1 - p)),
      SINGLE,
    );
  });
});
