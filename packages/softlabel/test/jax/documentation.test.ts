import { readFileSync } from "node:fs";
import { grad, jit, numpy as np, valueAndGrad } from "@jax-js/jax";
import * as softlabel from "softlabel/jax";
import { describe, expect, test } from "vitest";

const read = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");
const page = read("docs/jax.md");

interface Shape {
  readonly sides: Record<string, { readonly median?: number }>;
  readonly ratios: Record<string, number>;
}

describe("docs/jax.md", () => {
  test("its training step runs, and the loss falls", () => {
    const [, code = ""] = /```js\n(import [\s\S]*?)```/.exec(page) ?? [];
    const body = code.replaceAll(/^import .*\n/gm, "");
    const given = { jit, np, valueAndGrad, softmaxCrossEntropy: softlabel.softmaxCrossEntropy };
    const losses: number[] = new Function(...Object.keys(given), `${body}\nreturn losses;`)(...Object.values(given));
    expect(losses[0]).toBeCloseTo(Math.log(3), 5);
    expect(losses.at(-1)).toBeLessThan(0.6 * losses[0]);
  });

  test("its times and ratios are those of the raw results", () => {
    const { results }: { results: Record<string, Shape> } = JSON.parse(read("bench/results/adapters-jax.json"));
    for (const [shape, { sides, ratios }] of Object.entries(results)) {
      const row = page.split("\n").find((line) => line.startsWith(`| [${shape.replace("x", ", ")}]`)) ?? "";
      const times = ["softlabel", "one-hot", "given"].map((side) => sides[side].median);
      const cells = [
        ...times.map((time) => time?.toFixed(0) ?? "–"),
        ...["one-hot", "given"].map((side) => ratios[side]?.toFixed(2) ?? "–"),
      ];
      expect(
        row
          .split("|")
          .slice(2, -1)
          .map((cell) => cell.trim()),
      ).toEqual(cells);
    }
  });

  test("at 1,000 classes the loss is twice as fast as the composition of jax-js' own functions", () => {
    const { results }: { results: Record<string, Shape> } = JSON.parse(read("bench/results/adapters-jax.json"));
    for (const shape of ["128x1000", "512x1000"]) expect(results[shape].ratios["one-hot"]).toBeGreaterThan(2);
  });

  test("the gradient of a gather along an axis fails under jit, which is why labels are compared", () => {
    const gathered = jit(
      grad((z: np.Array) => np.takeAlongAxis(z, np.array(Int32Array.of(1, 0)).reshape([2, 1]), 1).sum()),
    );
    expect(() => gathered(np.eye(2))).toThrow("jit: routine primitive scatter input is not imm");
  });

  test("jax-js' logarithm is off by up to 1.3e-5", () => {
    const x = Float32Array.from({ length: 20000 }, (_, i) => Math.exp(12 * (i / 10000 - 1)));
    const errors = Array.from(np.log(np.array(x)).dataSync() as Float32Array, (log, i) =>
      Math.abs(log - Math.log(x[i])),
    );
    expect(Math.max(...errors)).toBeGreaterThan(1.2e-5);
    expect(Math.max(...errors)).toBeLessThan(1.35e-5);
  });
});
