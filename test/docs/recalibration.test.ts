import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { secondsPerProduct } from "../../packages/softlabel-cli/src/evaluation/fit-progress.ts";
import { root } from "../house/imports.ts";

interface Fit {
  readonly method: string;
  readonly strength: number;
  readonly rows: number;
  readonly classes: number;
  readonly cpuSeconds: number;
  readonly converged: boolean;
}

const read = (path: string): string => readFileSync(join(root, path), "utf8");
const text = read("docs/recalibration.md");
const results = JSON.parse(read("bench/results/recalibration.json"));

describe("docs/recalibration.md", () => {
  it("shows the raw results of the searches", async () => {
    const script = new URL("../../bench/recalibration/table.js", import.meta.url).href;
    const { fitsTable }: { readonly fitsTable: (results: object) => string } = await import(/* @vite-ignore */ script);
    const table = /<!-- recalibration:table -->\n([\s\S]*?)<!-- end -->/.exec(text)?.[1]?.trim();
    expect(table).toBe(fitsTable(results));
    const { cores, cpu, node, load } = results.machine;
    expect(text).toContain(`a load of ${load} when`);
    expect(text).toContain(`on ${cores} cores of an ${cpu} with Node ${node.slice(1)}`.replaceAll(" ", " "));
  });

  it("shows every file of predictions, each search at its optimum or ended at its time", () => {
    expect(results.skipped).toEqual([]);
    for (const { converged, ended } of results.fits) expect(converged || ended).toBe(true);
  });

  it("states the limits that the code has", () => {
    const source = (file: string): string => read(`packages/softlabel/src/calibration/recalibration/${file}`);
    expect(source("fit-affine.ts")).toContain("most = { products: 2500, multiplications: 1e12 }");
    expect(1e12 / (5000 * 1000 ** 2)).toBe(200);
    expect(source("preconditioner.ts")).toContain("mostInBlocks: number = 2 ** 24;");
    // K·(K + 1)² numbers: the first K that is too large.
    expect(255 * 256 ** 2).toBeLessThanOrEqual(2 ** 24);
    expect(256 * 257 ** 2).toBeGreaterThan(2 ** 24);
    expect(source("heavy-row-blocks.ts")).toContain("mostRows = 128;");
    expect(source("minimize-by-newton.ts")).toContain("tolerance = 1e-9, iterations: most = 200");
  });
});

describe("the time that softlabel evaluate expects of a fit", () => {
  it("is that of the slowest search in the raw results that is regularised as by default", () => {
    const full = (results.fits as readonly Fit[]).filter(
      ({ method, strength, classes, converged }) =>
        method !== "vector" && strength === 1 && classes >= 100 && converged,
    );
    const slowest = Math.max(...full.map(({ rows, classes, cpuSeconds }) => cpuSeconds / (rows * classes ** 2)));
    expect(secondsPerProduct).toBe(Number(slowest.toPrecision(2)));
  });
});
