import { afterEach, describe, expect, test, vi } from "vitest";
import { softmaxCrossEntropy as core } from "../../src/core/softmax-cross-entropy.ts";
import { randomCall, randomStream } from "../core/random-call.ts";

const { indices, logits } = randomCall(randomStream(1), 5, 9);
const single = { data: Float32Array.from(logits.data), shape: logits.shape };
const options = { labelSmoothing: 0.1, gradient: true } as const;
const inFloat64 = core(indices, single, options);
const engine = (globalThis as unknown as { readonly WebAssembly: Record<string, unknown> }).WebAssembly;
const members = Object.fromEntries(["validate", "Module", "Instance", "Memory"].map((name) => [name, engine[name]]));

/** The library as an engine loads it whose WebAssembly is this one. */
async function softlabelWith(webAssembly: unknown): Promise<typeof import("softlabel")> {
  vi.resetModules();
  vi.stubGlobal("WebAssembly", webAssembly);
  return import("softlabel");
}

afterEach(() => {
  vi.unstubAllGlobals();
  vi.resetModules();
});

let refusals = 0;
class Forbidden {
  constructor() {
    refusals++;
    throw new EvalError("the content security policy forbids to compile WebAssembly");
  }
}
const withoutSimd = { ...members, validate: (): boolean => false };
const withPolicy = { ...members, validate: (): boolean => true, Module: Forbidden };

describe.each([
  ["an engine without WebAssembly", undefined],
  ["an engine without its SIMD", withoutSimd],
  ["a page whose content security policy forbids to compile", withPolicy],
])("%s", (_, webAssembly) => {
  test("gives what the core gives, bit for bit", async () => {
    const { softmaxCrossEntropy } = await softlabelWith(webAssembly);
    for (let i = 0; i < 2; i++) expect(softmaxCrossEntropy(indices, single, options)).toEqual(inFloat64);
  });

  test("allocates, releases and disposes of ordinary tensors", async () => {
    const { allocate, ArgumentError, dispose, release, softmaxCrossEntropy } = await softlabelWith(webAssembly);
    const tensor = allocate(single.shape);
    tensor.data.set(single.data);
    const { gradLogits } = softmaxCrossEntropy(indices, tensor, { labelSmoothing: 0.1, gradientInto: tensor });
    expect(gradLogits).toBe(tensor);
    expect(tensor.data).toEqual(inFloat64.gradLogits.data);
    release(tensor);
    expect(() => tensor.data).toThrow(ArgumentError);
    const other = allocate([3]);
    dispose();
    expect(() => other.data).toThrow(ArgumentError);
    expect(() => allocate([2 ** 50])).toThrow("shape must fit in memory, got [1125899906842624], which takes ");
  });
});

test("an engine that refused to compile is not asked again", async () => {
  refusals = 0;
  const { softmaxCrossEntropy } = await softlabelWith(withPolicy);
  for (let i = 0; i < 3; i++) softmaxCrossEntropy(indices, single, options);
  expect(refusals).toBe(1);
});

test("an engine with SIMD computes in float32: the tests above can tell the difference", async () => {
  const { softmaxCrossEntropy } = await softlabelWith(engine);
  expect(softmaxCrossEntropy(indices, single, options)).not.toEqual(inFloat64);
});
