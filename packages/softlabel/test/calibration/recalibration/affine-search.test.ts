import { spawnSync } from "node:child_process";
import {
  type AffineMap,
  fitDirichlet,
  fitMatrixScaling,
  fitVectorScaling,
  type Predictions,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { pythonWith } from "../../../../../test/optional-parts/optional-parts.ts";
import { affineLikelihood } from "../../../src/calibration/recalibration/affine-likelihood.ts";
import { columnSpread } from "../../../src/calibration/recalibration/column-spread.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";

/** Rows of over-confident logits whose classes differ in scale and offset, some labels wrong. */
function drawn(rows: number, classes: number, signal: number): { labels: number[]; predictions: Predictions } {
  let state = rows * 31 + classes;
  const uniform = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const normal = (): number => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform());
  const scales = Array.from({ length: classes }, () => 2 * Math.exp(0.3 * normal()));
  const labels = Array.from({ length: rows }, (_, row) => (row < classes ? row : Math.floor(uniform() * classes)));
  const data = Float32Array.from({ length: rows * classes }, (_, i) => {
    const k = i % classes;
    return scales[k] * ((k === labels[Math.floor(i / classes)] ? signal : 0) + 0.2 * (k % 3) + normal());
  });
  return { labels, predictions: { data, shape: [rows, classes], kind: "logits" } };
}

/** Largest |gradient| of the penalised NLL at a map, computed row by row; the diagonal has no penalty. */
function gradientAt(
  { weights, intercepts }: AffineMap,
  labels: readonly number[],
  z: ArrayLike<number>,
  lambda: number,
): number {
  const classes = intercepts.length;
  const rows = labels.length;
  const gradient = intercepts.map((b, i) => [
    ...weights[i].map((w, j) => (i === j ? 0 : (2 * lambda * w) / (classes * (classes - 1)))),
    (2 * lambda * b) / classes,
  ]);
  for (let row = 0; row < rows; row++) {
    const x = [...Array.from({ length: classes }, (_, j) => z[row * classes + j]), 1];
    const scores = intercepts.map((b, i) => weights[i].reduce((sum, w, j) => sum + w * x[j], b));
    const top = Math.max(...scores);
    const masses = scores.map((s) => Math.exp(s - top));
    const total = masses.reduce((sum, m) => sum + m, 0);
    for (let i = 0; i < classes; i++) {
      const residual = (masses[i] / total - Number(labels[row] === i)) / rows;
      for (let j = 0; j <= classes; j++) gradient[i][j] += residual * x[j];
    }
  }
  return Math.max(...gradient.flat().map(Math.abs));
}

describe("the fit of an affine map", () => {
  it.each([
    ["60 classes", 1500, 60, 3, 1],
    ["an odd number of classes, rows that fill no tile", 997, 31, 2, 1],
    ["hardly any regularisation", 800, 12, 2, 1e-4],
    ["rows that an affine map separates", 400, 20, 9, 1e-2],
  ])("leaves no gradient with %s", (_, rows, classes, signal, lambda) => {
    const { labels, predictions } = drawn(rows, classes, signal);
    const { parameters, search } = fitMatrixScaling(labels, predictions, { offDiagonal: lambda, intercept: lambda });
    expect(search.converged).toBe(true);
    expect(parameters.converged).toBe(true);
    // The search stops at 1e-9 in units of each column's root mean square, which is below 10 here.
    expect(gradientAt(parameters, labels, predictions.data, lambda)).toBeLessThan(1e-8);
  });

  it("has the gradient and the Hessian of its value", () => {
    const { labels, predictions } = drawn(50, 5, 1);
    const likelihood = affineLikelihood({ labels, logits: predictions.data, classes: 5 });
    const penalty = columnSpread(5, { offDiagonal: 0.7, intercept: 0.3 });
    const at = Float64Array.from({ length: 30 }, (_, i) => 0.1 * Math.sin(7 * i + 1));
    const along = Float64Array.from({ length: 30 }, (_, i) => Math.cos(3 * i));
    const valueAt = (x: Float64Array, gradient: Float64Array): number =>
      likelihood.valueAt(x, gradient) + penalty.addTo(x, gradient);
    const step = 1e-5;
    const sides = [step, -step].map((h) => {
      const gradient = new Float64Array(30);
      return {
        value: valueAt(
          at.map((x, i) => x + h * along[i]),
          gradient,
        ),
        gradient,
      };
    });
    const gradient = new Float64Array(30);
    valueAt(at, gradient);
    const slope = gradient.reduce((sum, g, i) => sum + g * along[i], 0);
    // Central differences are off by h² of the third derivative, and by rounding over h.
    expectClose((sides[0].value - sides[1].value) / (2 * step), slope, { rtol: 1e-7, atol: 1e-9 });
    const product = new Float64Array(30);
    likelihood.addHessianTimes(along, product);
    penalty.addTo(along, product);
    const turned = sides[0].gradient.map((g, i) => (g - sides[1].gradient[i]) / (2 * step));
    // The Hessian's probabilities are float32.
    expectAllClose(product, turned, { rtol: 1e-6, atol: 1e-6 });
  });

  it("tells each step, and says that it did not converge where it is ended early", () => {
    const { labels, predictions } = drawn(300, 8, 2);
    for (const fit of [fitMatrixScaling, fitDirichlet, fitVectorScaling]) {
      const objectives: number[] = [];
      const whole = fit(labels, predictions, { onIteration: ({ objective }) => objectives.push(objective) });
      expect(whole.search.converged).toBe(true);
      expect(objectives).toHaveLength(whole.search.iterations + 1);
      expect(objectives.at(-1)).toBeLessThan(objectives[0]);
      const { search, parameters } = fit(labels, predictions, { onIteration: ({ iteration }) => iteration < 2 });
      expect(search).toMatchObject({ converged: false, iterations: 2 });
      expect(search.gradientNorm).toBeGreaterThan(1e-9);
      expect(parameters.converged).toBe(false);
    }
  });

  it("reaches the optimum of SciPy's L-BFGS-B [needs scipy]", (test) => {
    const python = pythonWith("scipy");
    if (python === null) return test.skip("[needs scipy]");
    const { labels, predictions } = drawn(600, 15, 2);
    const { parameters } = fitMatrixScaling(labels, predictions);
    const given = { labels, logits: Array.from(predictions.data), classes: 15, parameters };
    const script = `
import json, sys
import numpy as np
from scipy.optimize import minimize
given = json.load(sys.stdin)
K = given["classes"]
y = np.array(given["labels"])
z = np.c_[np.array(given["logits"]).reshape(-1, K), np.ones(len(y))]
free = 1 - np.eye(K, K + 1)
free[:, :K] *= 1 / (K * (K - 1))
free[:, K] = 1 / K
def f(flat):
    w = flat.reshape(K, K + 1)
    s = z @ w.T
    s -= s.max(1, keepdims=True)
    p = np.exp(s)
    total = p.sum(1, keepdims=True)
    nll = np.mean(np.log(total[:, 0]) - s[np.arange(len(y)), y])
    p /= total
    p[np.arange(len(y)), y] -= 1
    return nll + (free * w * w).sum(), (p.T @ z / len(y) + 2 * free * w).ravel()
found = minimize(f, np.eye(K, K + 1).ravel(), jac=True, method="L-BFGS-B",
                 options={"maxiter": 20000, "maxfun": 40000, "ftol": 1e-16, "gtol": 1e-9})
p = given["parameters"]
ours = np.c_[np.array(p["weights"]), np.array(p["intercepts"])]
print(json.dumps([found.fun, f(ours.ravel())[0]]))
`;
    const { stdout, stderr } = spawnSync(python, ["-c", script], { input: JSON.stringify(given), encoding: "utf8" });
    expect(stderr).toBe("");
    const [theirs, ours]: [number, number] = JSON.parse(stdout);
    // Below SciPy's by what it stops short of, never above.
    expect(ours).toBeLessThanOrEqual(theirs + 1e-13);
    expectClose(ours, theirs, { atol: 1e-8 });
  });
});
