import { softmaxCrossEntropy } from "softlabel";
import { describe, expect, test } from "vitest";
import { lossByKernel } from "../../src/kernels/loss-by-kernel.ts";
import { randomStream } from "../core/random-call.ts";
import { expectAsCore } from "./support/expect-as-core.ts";
import { plainKernel } from "./support/plain-kernel.ts";
import { randomLossCall } from "./support/random-loss-call.ts";

const seconds = Number(process.env.SOFTLABEL_FUZZ_SECONDS ?? (process.env.CI ? 5 : 2));
const replayed = process.env.SOFTLABEL_FUZZ_SEED;
const firstSeed = replayed === undefined ? Date.now() % 2 ** 31 : Number(replayed);

/** Runs `check` on call after call until the time is over; a failure names the seed that replays it. */
function fuzz(check: (seed: number) => void): void {
  const end = performance.now() + 1000 * seconds;
  let seed = firstSeed;
  do {
    try {
      check(seed);
    } catch (error) {
      const replay = `replay with SOFTLABEL_FUZZ_SEED=${seed}`;
      throw new Error(`${replay}: ${(error as Error).message}`, { cause: error });
    }
    seed++;
  } while (replayed === undefined && performance.now() < end);
  expect(seed).toBeGreaterThan(firstSeed);
}

describe("whatever the shapes, numbers and options, float32 logits give what the core makes of them in float64", () => {
  test("by the kernel that this engine has", { timeout: 1000 * seconds + 60_000 }, () => {
    fuzz((seed) => {
      const call = randomLossCall(randomStream(seed));
      expectAsCore(softmaxCrossEntropy(call.labels, call.logits, call.options), call);
    });
  });

  test("by the contract in plain TypeScript", { timeout: 1000 * seconds + 60_000 }, () => {
    const kernel = plainKernel();
    fuzz((seed) => {
      const call = randomLossCall(randomStream(seed));
      const result = lossByKernel(kernel, call.labels, call.logits, call.options);
      if (result) expectAsCore(result, call);
    });
    if (replayed === undefined) expect(kernel.calls()).toBeGreaterThan(0);
  });
});
