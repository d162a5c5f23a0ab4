import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  accuracy,
  expectedCalibrationError,
  fitBeta,
  fitDirichlet,
  fitEnsembleTemperature,
  fitHistogramBinning,
  fitIsotonic,
  fitMatrixScaling,
  fitPlatt,
  fitTemperatureScaling,
  fitVectorScaling,
  type Labels,
  negativeLogLikelihood,
  type Predictions,
  type Recalibrator,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, it } from "vitest";
import { asWritten, runExample } from "../../../../../test/docs/run-example.ts";
import { readNpz } from "../support/read-npz.ts";

const root = fileURLToPath(new URL("../../../../../", import.meta.url));
const file = `${root}../shared/data/netcal/lenet-5-cifar-10.npz`;
const page = readFileSync(`${root}docs/recalibration.md`, "utf8");

type Fit = (labels: Labels, predictions: Predictions) => Recalibrator;

const clip = 1e-8;
const methods: Readonly<Record<string, Fit>> = {
  temperature: fitTemperatureScaling,
  ensemble: fitEnsembleTemperature,
  vector: (l, p) => fitVectorScaling(l, p, { clip }),
  matrix: (l, p) => fitMatrixScaling(l, p, { clip }),
  Dirichlet: (l, p) => fitDirichlet(l, p, { clip }),
  Platt: (l, p) => fitPlatt(l, p, { clip }),
  beta: (l, p) => fitBeta(l, p, { clip }),
  isotonic: fitIsotonic,
  histogram: fitHistogramBinning,
  "isotonic, top-label": (l, p) => fitIsotonic(l, p, { scheme: "top-label" }),
};

describe("docs/recalibration.md", () => {
  it("has an example that gives what it shows", async () => {
    const [, code = ""] = /```ts\n([\s\S]*?)```/.exec(page) ?? [];
    const shown = await runExample(code);
    expect(shown).toHaveLength(2);
    for (const { values, written } of shown) expect(values.map((x, i) => asWritten(x, written[i]))).toEqual(written);
  });

  it.skipIf(!existsSync(file))("has the table of real predictions as it is computed [needs netcal]", () => {
    const { predictions, ground_truth } = readNpz(file);
    const half = (from: number): { labels: number[]; given: Predictions } => ({
      labels: Array.from(ground_truth.data.slice(from, from + 5000), Number),
      given: {
        data: Float64Array.from(predictions.data.slice(from * 10, (from + 5000) * 10) as Float32Array),
        shape: [5000, 10],
        kind: "probabilities",
      },
    });
    const [validation, test] = [half(0), half(5000)];
    const line = (name: string, mended: Predictions): string => {
      const top = topLabel(test.labels, mended);
      const nll = negativeLogLikelihood(test.labels, mended);
      const numbers = [accuracy(top), nll, expectedCalibrationError(top)];
      const cells = numbers.map((x) => (x === Infinity ? "∞" : x.toFixed(4)));
      return `| ${name.padEnd(19)} | ${cells[0].padEnd(8)} | ${cells[1].padEnd(6)} | ${cells[2]} |`;
    };
    const fits = Object.entries(methods).map(([name, fit]) =>
      line(name, fit(validation.labels, validation.given).apply(test.given)),
    );
    const table = [line("none", test.given), ...fits].join("\n");
    expect(page).toContain(table);
  });
});
