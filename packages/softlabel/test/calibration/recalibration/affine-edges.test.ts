import { fitDirichlet, fitMatrixScaling, negativeLogLikelihood, type Predictions } from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { classBlocks } from "../../../src/calibration/recalibration/class-blocks.ts";
import { heavyRowBlocks } from "../../../src/calibration/recalibration/heavy-row-blocks.ts";
import { searchLine } from "../../../src/calibration/recalibration/line-search.ts";
import { type CurvedObjective, minimizeByNewton } from "../../../src/calibration/recalibration/minimize-by-newton.ts";
import { standardNorm } from "../../../src/calibration/recalibration/standard-norm.ts";
import { expectAllClose, expectClose } from "../../expect-all-close.ts";
import { drawn, gradientAt } from "./affine-rows.ts";

interface Given {
  readonly labels: readonly number[];
  readonly predictions: Predictions;
}

/** The rows with each number of them changed. */
function changed({ labels, predictions }: Given, change: (z: number, row: number, k: number) => number): Given {
  const classes = predictions.shape[1];
  const data = Float64Array.from(predictions.data, (z, i) => change(z, Math.floor(i / classes), i % classes));
  return { labels, predictions: { ...predictions, data } };
}

const usual = drawn(120, 5, 2);

describe("the fit of an affine map to odd rows", () => {
  const second = (row: number): number => Number(usual.predictions.data[row * 5 + 1]);
  const odd: Readonly<Record<string, Given>> = {
    "a class without rows": { ...usual, labels: usual.labels.map((k) => (k === 3 ? 0 : k)) },
    "rows of one class alone": { ...usual, labels: usual.labels.map(() => 2) },
    "a column that is constant": changed(usual, (z, _, k) => (k === 2 ? 3 : z)),
    "a column of zeros": changed(usual, (z, _, k) => (k === 2 ? 0 : z)),
    "two columns that are the same": changed(usual, (z, row, k) => (k === 4 ? second(row) : z)),
    "columns far from 0": changed(usual, (z, _, k) => z + 100 * (k + 1)),
    "columns of very different scales": changed(usual, (z, _, k) => z * 10 ** (k - 2)),
    "two classes": drawn(80, 2, 1),
    "one class": { labels: [0, 0, 0], predictions: { data: [1, -2, 5], shape: [3, 1], kind: "logits" } },
    "one row": { labels: [2], predictions: { data: [1, 0, -1, 0.5], shape: [1, 4], kind: "logits" } },
    "rows that are all the same": changed(usual, (_, __, k) => k),
    "every row right and sure": changed(usual, (z, row, k) => (k === usual.labels[row] ? 60 + z : z)),
    "every row wrong and sure": changed(usual, (z, row, k) => (k === (usual.labels[row] + 1) % 5 ? 60 + z : z)),
  };

  it.each(Object.entries(odd))("leaves no gradient: %s", (_, { labels, predictions }) => {
    const { search, parameters } = fitMatrixScaling(labels, predictions);
    expect(search.converged).toBe(true);
    const scale = Math.max(1, ...Array.from(predictions.data, Math.abs));
    // The search stops at 1e-9 in units of each column's deviation, and no column deviates by more than its largest.
    expect(gradientAt(parameters, labels, predictions.data, 1)).toBeLessThan(1e-8 * scale);
  });

  it("gives the same probabilities however far from 0 a row's logits lie, by Dirichlet calibration", () => {
    const far = changed(usual, (z, row) => z + 1000 * row);
    const [near, away] = [usual, far].map(({ labels, predictions }) => {
      const fit = fitDirichlet(labels, predictions);
      expect(fit.search.converged).toBe(true);
      return negativeLogLikelihood(labels, fit.apply(predictions, { inSample: true }));
    });
    // Logits of 1e5 keep 1e-11 of their differences.
    expectClose(away, near, { rtol: 1e-9 });
  });

  it("does not call it an optimum where numbers overflow", () => {
    const { labels, predictions } = changed(usual, (z) => z * 1e300);
    const { search, parameters } = fitMatrixScaling(labels, predictions);
    expect(search.converged).toBe(false);
    expect(parameters.converged).toBe(false);
  });
});

describe("the size of a gradient", () => {
  it("is that in the weights of the standardised logits", () => {
    // Deviations 1 and 20 around 100 and −5; a constant column, which is judged by its root mean square.
    const logits = [99, -25, 4, 101, 15, 4];
    const norm = standardNorm({ labels: [0, 1], logits, classes: 3 });
    const gradient = new Float64Array(12);
    gradient.set([300, -10, 8, 3]);
    // (300 − 100·3)/1, (−10 + 5·3)/20, 8/4, 3
    expect(norm(gradient)).toBe(3);
    gradient.set([307, -10, 8, 3]);
    expect(norm(gradient)).toBe(7);
    gradient.set([300, 185, 8, 3], 0);
    expect(norm(gradient)).toBe(10);
    gradient.fill(0).set([0, 0, -16, 0], 8);
    expect(norm(gradient)).toBe(4);
  });
});

describe("the blocks that precondition the search", () => {
  const logits = [0.5, -1, 2, 0.3, 0, 1, -0.7, 1.1, -0.2, 0.9, 0.4, -0.6];
  const rows = { labels: [0, 2, 1, 0], logits, classes: 3 };
  const p = [
    [0.5, 0.3, 0.2],
    [0.25, 0.35, 0.4],
    [0.2, 0.5, 0.3],
    [0.6, 0.2, 0.2],
  ];
  const residuals = Float32Array.from(p.flatMap((of, row) => of.map((x, k) => x - Number(rows.labels[row] === k))));
  const strengths = Float64Array.of(0.1, 0.2, 0.3, 0.05);
  const v = Float64Array.from({ length: 12 }, (_, i) => Math.sin(2 * i + 1));

  /** M times what was solved, M written out from its definition. */
  const back = (x: Float64Array): number[] =>
    [0, 1, 2].flatMap((k) =>
      [0, 1, 2, 3].map((i) =>
        [0, 1, 2, 3].reduce((sum, j) => {
          const z = (row: number, at: number): number => (at === 3 ? 1 : logits[row * 3 + at]);
          const mean = p.reduce((all, of, row) => all + (of[k] * (1 - of[k]) * z(row, i) * z(row, j)) / 4, 0);
          return sum + (mean + (i === j && i !== k ? 2 * strengths[i] : 0)) * x[k * 4 + j];
        }, 0),
      ),
    );

  it.each([
    ["each written out", classBlocks, 1e-6],
    // Every row is a heavy one; of their diagonal a 1e-4 is left beside.
    ["each by its heaviest rows", heavyRowBlocks, 1e-3],
  ])("are one for each class, its diagonal free: %s", (_, blocks, tolerance) => {
    const { factorAt, solve } = blocks(rows, strengths);
    const x = new Float64Array(12);
    factorAt(residuals);
    solve(v, x);
    // The residuals are float32.
    expectAllClose(back(x), v, { atol: tolerance });
  });

  it("keep the diagonal of the rows that are not among the heaviest, each for its class", () => {
    // The first 128 rows of 130 weigh ¼, the others ³⁄₁₆ with z = [2, 0]; two classes.
    const count = 130;
    const z = Array.from({ length: count }, (_, row) => (row < 128 ? [0, 0] : [2, 0])).flat();
    const halves = Float32Array.from({ length: 2 * count }, (_, i) => (i % 2 ? 1 : -1) * (i < 256 ? 0.5 : 0.25));
    const given = { labels: new Array(count).fill(0), logits: z, classes: 2 };
    const { factorAt, solve } = heavyRowBlocks(given, Float64Array.of(0.5, 0.5, 0.5));
    factorAt(halves);
    const x = new Float64Array(6);
    solve(Float64Array.of(1, 1, 0, 1, 1, 0), x);
    // Of W[k][0] the light rows' (2·³⁄₁₆·2²)/130, and the penalty 1 but for W[0][0]; W[1][1] has no curvature at all.
    const curvature = (2 * (3 / 16) * 4) / count;
    expectAllClose([x[0], x[1], x[3], x[4]], [1 / curvature, 1, 1 / (1 + curvature), 1], { rtol: 1e-12 });
  });
});

describe("Newton's method", () => {
  const norm = (gradient: Float64Array): number => Math.max(...gradient.map(Math.abs));
  const curvatures = Float64Array.from({ length: 30 }, (_, i) => 1.5 ** i);
  const quadratic: CurvedObjective = {
    valueAt: (x, gradient) => {
      let value = 0;
      for (let i = 0; i < x.length; i++) {
        gradient[i] = curvatures[i] * (x[i] - 1);
        value += (curvatures[i] / 2) * (x[i] - 1) ** 2;
      }
      return value;
    },
    hessianAt: () => ({
      times: (v, product) => product.set(v.map((x, i) => curvatures[i] * x)),
      solveRoughly: (v, solution) => solution.set(v),
    }),
  };

  it("ends at its budget of products, and says that this is no optimum", () => {
    let products = 0;
    const counted: CurvedObjective = {
      ...quadratic,
      hessianAt: (x) => {
        const { times, solveRoughly } = quadratic.hessianAt(x);
        return {
          solveRoughly,
          times: (v, product) => {
            products++;
            times(v, product);
          },
        };
      },
    };
    const short = minimizeByNewton(counted, new Float64Array(30), { norm, products: 9 });
    expect(short.converged).toBe(false);
    expect(products).toBe(9);
    expect(short.gradientNorm).toBeGreaterThan(1e-9);
    const whole = minimizeByNewton(quadratic, new Float64Array(30), { norm });
    expect(whole.converged).toBe(true);
    expectAllClose(whole.x, new Float64Array(30).fill(1), { atol: 1e-8 });
  });

  it.each([
    ["its value", Number.NaN, 1],
    ["its gradient", 1, Number.NaN],
  ])("ends without an optimum where %s is NaN", (_, value, slope) => {
    const broken: CurvedObjective = {
      valueAt: (x, gradient) => {
        gradient.fill(x[0] === 0 ? 1 : slope);
        return x[0] === 0 ? 1 : value;
      },
      hessianAt: quadratic.hessianAt,
    };
    const { converged, x } = minimizeByNewton(broken, new Float64Array(30), { norm });
    expect(converged).toBe(false);
    expect([...x]).toEqual(new Array(30).fill(0));
  });

  it("ends where it starts if nothing is finite there", () => {
    const nowhere: CurvedObjective = {
      valueAt: (_, gradient) => {
        gradient.fill(Number.NaN);
        return Number.NaN;
      },
      hessianAt: quadratic.hessianAt,
    };
    expect(minimizeByNewton(nowhere, new Float64Array(3), { norm })).toMatchObject({ converged: false, iterations: 0 });
  });
});

describe("a search along a line", () => {
  it("does not take a point that is higher than its start for a slope that is small", () => {
    // Falls by 0.01 and then rises by a quarter of the first slope: at a step of 1 the value is above the start.
    const kink = ([x]: Float64Array, gradient: Float64Array): number => {
      gradient[0] = -1 + 1.25 / (1 + Math.exp((0.01 - x) / 1e-3));
      return -x + 1.25e-3 * Math.log1p(Math.exp((x - 0.01) / 1e-3));
    };
    const x = new Float64Array(1);
    const gradient = new Float64Array(1);
    const start = { x, gradient, value: kink(x, gradient) };
    const found = searchLine(kink, start, Float64Array.of(1), 0.3);
    expect(found?.value).toBeLessThan(start.value);
  });

  it("finds its way back from a step that is 1e40 too long, where the slope is the same all the way", () => {
    const hinge = ([x]: Float64Array, gradient: Float64Array): number => {
      gradient[0] = x < 1 ? x - 1 : Math.min(10, x - 1);
      return x < 11 ? (x - 1) ** 2 / 2 : 10 * (x - 1) - 50;
    };
    const x = new Float64Array(1);
    const gradient = new Float64Array(1);
    const start = { x, gradient, value: hinge(x, gradient) };
    const found = searchLine(hinge, start, Float64Array.of(1e40), 0.3);
    expectClose(found?.x[0] ?? Number.NaN, 1, { atol: 0.3 });
  });
});
