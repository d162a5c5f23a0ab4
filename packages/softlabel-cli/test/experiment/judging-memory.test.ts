import { describe, expect, test, vi } from "vitest";

interface Judged {
  readonly bytesPerTrial: number;
  readonly few: { readonly trials: number; readonly peakMiB: number };
  readonly all: { readonly peakMiB: number };
}

describe("the judgement of many trials", () => {
  test("holds the predictions of one at a time", async () => {
    vi.spyOn(console, "log").mockImplementation(() => {});
    const script = new URL("../../../../bench/judging/bench.js", import.meta.url).href;
    const {
      run,
    }: {
      readonly run: (options: {
        readonly given: readonly object[];
      }) => Promise<{ readonly results: readonly Judged[] }>;
    } = await import(/* @vite-ignore */ script);
    const sizes = { arms: 2, trials: 12, testRows: 4000, validationRows: 200, classes: 1000 };
    const [{ bytesPerTrial, few, all }] = (await run({ given: [sizes] })).results;
    expect(few.trials).toBe(4);
    // Eight trials more: as garbage that has not been collected yet, or by chance, a file or two; never eight.
    const files = ((all.peakMiB - few.peakMiB) * 2 ** 20) / bytesPerTrial;
    expect(files).toBeLessThan(3);
  });
});
