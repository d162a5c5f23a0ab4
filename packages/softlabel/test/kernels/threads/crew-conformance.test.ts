import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type StartedCrew, startCrew } from "../../../src/kernels/threads/start-crew.ts";
import { workerHost } from "../../../src/kernels/threads/worker-host.ts";
import type { WasmKernel } from "../../../src/kernels/wasm-kernel.ts";
import { expectConformance } from "../support/kernel-call.ts";

const labelKinds = ["indices", "distributions"] as const;
const priors = ["uniform", "vector"] as const;
// In place a row that two threads took would be wrong: the second would read the first one's gradient.
const gradients = ["in place", "apart", "none"] as const;
const memories = ["own", "kernel's"] as const;

describe.each([2, 3])("the kernel on %i threads, each row a chunk", (count) => {
  let crew: StartedCrew;
  let kernel: WasmKernel;
  beforeAll(async () => {
    crew = await startCrew(workerHost(), count, { leastLogits: 0, chunkBytes: 4, patience: 20_000 });
    kernel = { ...crew.kernel, memory: crew.memory } as WasmKernel;
  });
  afterAll(() => crew.end());

  it("has its threads", () => {
    expect(crew.count()).toBe(count);
  });

  it("agrees with float64 at any shape, in every kind of call", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 67 }),
        fc.integer({ min: 1, max: 300 }),
        fc.integer(),
        fc.record({
          labels: fc.constantFrom(...labelKinds),
          prior: fc.constantFrom(...priors),
          gradient: fc.constantFrom(...gradients),
          memory: fc.constantFrom(...memories),
        }),
        (rows, classes, seed, kind) => expectConformance(kernel, { rows, classes, seed, ...kind }),
      ),
      { numRuns: 300 },
    );
  });
});
