import { spawnSync } from "node:child_process";
import { fitDirichlet, fitMatrixScaling, fitVectorScaling, negativeLogLikelihood } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { pythonWith } from "../../../../../test/optional-parts/optional-parts.ts";
import { affineLikelihood } from "../../../src/calibration/recalibration/affine-likelihood.ts";
import { columnSpread } from "../../../src/calibration/recalibration/column-spread.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { drawn, gradientAt } from "./affine-rows.ts";

/** So that problems as small as these do not wait for threads. */
const oneThread = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };

describe("the fit of an affine map", () => {
  it.each([
    ["60 classes", 300, 60, 3, 1],
    ["an odd number of classes, rows that fill no tile", 997, 31, 2, 1],
    ["hardly any regularisation", 800, 12, 2, 1e-4],
    ["rows that an affine map separates", 400, 20, 9, 1e-2],
  ])("leaves no gradient with %s", (_, rows, classes, signal, lambda) => {
    const { labels, predictions } = drawn(rows, classes, signal);
    const { parameters, search } = fitMatrixScaling(labels, predictions, { offDiagonal: lambda, intercept: lambda });
    expect(search.converged).toBe(true);
    expect(parameters.converged).toBe(true);
    // The search stops at 1e-9 in units of each column's deviation, which is below 10 here.
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

  it("reaches the optimum of scikit-learn's regression where nothing regularises it [needs sklearn]", (test) => {
    const python = pythonWith("sklearn");
    if (python === null) return test.skip("[needs sklearn]");
    const none = { offDiagonal: 0, intercept: 0 };
    const given = [
      [400, 3, 1.5],
      [600, 10, 1.5],
    ].map(([rows, classes, signal]) => {
      const { labels, predictions } = drawn(rows, classes, signal);
      const fit = fitMatrixScaling(labels, predictions, none);
      expect(fit.search.converged).toBe(true);
      const nll = negativeLogLikelihood(labels, fit.apply(predictions, { inSample: true }));
      return { labels, logits: Array.from(predictions.data), classes, nll };
    });
    const script = `
import json, sys
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import log_loss
found = []
for given in json.load(sys.stdin):
    z = np.array(given["logits"]).reshape(-1, given["classes"])
    # So weak a penalty that it moves the NLL by less than its last digits.
    fit = LogisticRegression(C=1e12, solver="lbfgs", tol=1e-10, max_iter=20000).fit(z, given["labels"])
    found.append(log_loss(given["labels"], fit.predict_proba(z)))
print(json.dumps(found))
`;
    const { stdout, stderr } = spawnSync(python, ["-c", script], {
      input: JSON.stringify(given),
      encoding: "utf8",
      env: oneThread,
    });
    expect(stderr).toBe("");
    JSON.parse(stdout).forEach((theirs: number, i: number) => {
      // Below scikit-learn's by what it stops short of, never above.
      expect(given[i].nll).toBeLessThanOrEqual(theirs + 1e-12);
      expectClose(given[i].nll, theirs, { atol: 1e-8 });
    });
  });

  it("reaches the optimum of SciPy's L-BFGS-B [needs scipy]", (test) => {
    const python = pythonWith("scipy");
    if (python === null) return test.skip("[needs scipy]");
    const { labels, predictions } = drawn(300, 8, 2);
    const { parameters } = fitMatrixScaling(labels, predictions);
    const given = { labels, logits: Array.from(predictions.data), classes: 8, parameters };
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
    const { stdout, stderr } = spawnSync(python, ["-c", script], {
      input: JSON.stringify(given),
      encoding: "utf8",
      env: oneThread,
    });
    expect(stderr).toBe("");
    const [theirs, ours]: [number, number] = JSON.parse(stdout);
    // Below SciPy's by what it stops short of, never above.
    expect(ours).toBeLessThanOrEqual(theirs + 1e-13);
    expectClose(ours, theirs, { atol: 1e-8 });
  });
});
