import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createOptimizer } from "../../src/training/optimizer.ts";

const f32 = Math.fround;

describe("optimizers", () => {
  it("sgd moves each parameter by the rate times its gradient", () => {
    const optimizer = createOptimizer("sgd", 0.5, [2, 1]);
    const parameters = [Float32Array.of(1, -2), Float32Array.of(4)];
    optimizer.step(parameters, [Float32Array.of(2, 4), Float32Array.of(-1)]);
    expect(parameters).toEqual([Float32Array.of(0, -4), Float32Array.of(4.5)]);
  });

  it("momentum keeps nine tenths of its velocity", () => {
    const optimizer = createOptimizer("momentum", 1, [1]);
    const [w, g] = [Float32Array.of(0), Float32Array.of(1)];
    const path = Array.from({ length: 3 }, () => {
      optimizer.step([w], [g]);
      return w[0];
    });
    // v = 1, 1.9, 2.71
    expect(path[0]).toBe(-1);
    expect(path[1]).toBeCloseTo(-2.9, 6);
    expect(path[2]).toBeCloseTo(-5.61, 6);
  });

  it("adam is Algorithm 1 of Kingma and Ba, step by step", () => {
    const gradients = fc.array(fc.tuple(small(), small(), small()), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(gradients, (path) => {
        const optimizer = createOptimizer("adam", 0.01, [3]);
        const w = Float32Array.of(0.5, -0.25, 0);
        const theta = [...w];
        const [m, v] = [
          [0, 0, 0],
          [0, 0, 0],
        ];
        for (const [index, g] of path.entries()) {
          optimizer.step([w], [Float32Array.from(g)]);
          const t = index + 1;
          for (let i = 0; i < 3; i++) {
            m[i] = 0.9 * m[i] + 0.1 * f32(g[i]);
            v[i] = 0.999 * v[i] + 0.001 * f32(g[i]) ** 2;
            theta[i] -= (0.01 * (m[i] / (1 - 0.9 ** t))) / (Math.sqrt(v[i] / (1 - 0.999 ** t)) + 1e-8);
          }
        }
        // Each step moves by about the rate, and float32 rounds the state and the sum: a few 1e-7 a step.
        for (let i = 0; i < 3; i++) expect(Math.abs(w[i] - theta[i])).toBeLessThan(1e-6 * path.length);
        expect(optimizer.steps).toBe(path.length);
      }),
    );
    function small(): fc.Arbitrary<number> {
      return fc.double({ min: -1, max: 1, noNaN: true }).filter((g) => Math.abs(g) > 1e-3);
    }
  });

  it.each(["sgd", "momentum", "adam"] as const)("%s taken up from its state goes on bit for bit", (name) => {
    const gradient = (step: number): Float32Array[] => [
      Float32Array.from({ length: 5 }, (_, i) => Math.sin(step * 5 + i)),
    ];
    const whole = { optimizer: createOptimizer(name, 0.1, [5]), w: new Float32Array(5) };
    for (let step = 0; step < 4; step++) whole.optimizer.step([whole.w], gradient(step));
    const resumed = { optimizer: createOptimizer(name, 0.1, [5]), w: whole.w.slice() };
    resumed.optimizer.steps = whole.optimizer.steps;
    for (const [i, values] of resumed.optimizer.state.entries()) values.set(whole.optimizer.state[i]);
    for (let step = 4; step < 9; step++) {
      for (const run of [whole, resumed]) run.optimizer.step([run.w], gradient(step));
    }
    expect(resumed.w).toEqual(whole.w);
    expect(resumed.optimizer.state).toEqual(whole.optimizer.state);
  });
});
