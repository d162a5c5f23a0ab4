import { existsSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import {
  accuracy,
  applyTemperature,
  auroc,
  brierScore,
  type CalibrationErrorOptions,
  calibrationPresets,
  classwiseCalibrationError,
  expectedCalibrationError,
  fitTemperature,
  negativeLogLikelihood,
  overconfidence,
  type Predictions,
  type ReliabilityBin,
  reliabilityDiagram,
  smoothCalibrationError,
  type TopLabel,
  topLabel,
} from "softlabel/calibration";
import { describe, expect, test } from "vitest";
import { readNpz } from "../../packages/softlabel/test/calibration/support/read-npz.ts";

const page = readFileSync(new URL("../../docs/calibration.md", import.meta.url), "utf8");
const folder = fileURLToPath(new URL("../../../shared/data/netcal/", import.meta.url));

interface Model {
  readonly name: string;
  readonly labels: readonly number[];
  readonly predictions: Predictions;
  readonly top: TopLabel;
}

const files = {
  "LeNet-5, CIFAR-10": "lenet-5-cifar-10",
  "LeNet-5, CIFAR-100": "lenet-5-cifar-100",
  "WRN-16-4, CIFAR-100": "wideresnet-16-4-cifar-100",
};

function read(name: keyof typeof files): Model {
  const { predictions, ground_truth } = readNpz(`${folder}${files[name]}.npz`);
  const [rows = 0, classes = 0] = predictions?.shape ?? [];
  const labels = Array.from(ground_truth?.data ?? [], Number);
  const given = { data: predictions?.data as Float32Array, shape: [rows, classes], kind: "probabilities" } as const;
  return { name, labels, predictions: given, top: topLabel(labels, given) };
}

/** The rows from the first or the second half of a file. */
function half({ labels, predictions }: Model, which: 0 | 1): { labels: readonly number[]; predictions: Predictions } {
  const [rows, classes] = predictions.shape;
  const [from, to] = [(which * rows) / 2, ((which + 1) * rows) / 2];
  const data = (predictions.data as Float32Array).subarray(from * classes, to * classes);
  return { labels: labels.slice(from, to), predictions: { ...predictions, data, shape: [rows / 2, classes] } };
}

const percent = (share: number): string => (100 * share).toFixed(2);

/** The cells of a table's line, without what pads them. */
function line(first: string): string[] {
  const found = page.split("\n").filter((text) => text.startsWith(`| ${first} `));
  expect(found, `lines of docs/calibration.md that begin with ${first}`).toHaveLength(1);
  return (found[0] ?? "")
    .split("|")
    .slice(2, -1)
    .map((cell) => cell.trim());
}

describe.skipIf(!existsSync(folder))("docs/calibration.md is recomputed [needs netcal]", () => {
  const models = existsSync(folder) ? (Object.keys(files) as (keyof typeof files)[]).map(read) : [];

  test("over-confidence and temperature [needs netcal]", () => {
    for (const model of models) {
      const [validation, judged] = [half(model, 0), half(model, 1)];
      const { temperature } = fitTemperature(validation.labels, validation.predictions);
      const scaled = applyTemperature(judged.predictions, temperature);
      const [before, after] = [topLabel(judged.labels, judged.predictions), topLabel(judged.labels, scaled)];
      expect(line(`${model.name}, halves`)).toEqual([
        percent(accuracy(before)),
        percent(overconfidence(before)),
        temperature.toFixed(3),
        percent(expectedCalibrationError(before)),
        percent(expectedCalibrationError(after)),
        negativeLogLikelihood(judged.labels, judged.predictions).toFixed(4),
        negativeLogLikelihood(judged.labels, scaled).toFixed(4),
      ]);
    }
  });

  test.each([
    ["`guo`", calibrationPresets.guo],
    ["`torchmetrics`", calibrationPresets.torchmetrics],
    ["`torch-uncertainty`", calibrationPresets["torch-uncertainty"]],
    ["`netcal`", calibrationPresets.netcal],
    ["`google-um`", calibrationPresets["google-um"]],
    ["15 bins of equal mass", { binning: "equal-mass" }],
    ["l2", { norm: "l2" }],
    ["l2, debiased", { norm: "l2", debiased: true }],
    ["largest gap (MCE)", { norm: "max" }],
  ] satisfies [string, CalibrationErrorOptions][])("the error by the convention %s [needs netcal]", (name, options) => {
    expect(line(name)).toEqual(models.map(({ top }) => (100 * expectedCalibrationError(top, options)).toFixed(3)));
  });

  test("LeNet-5 on CIFAR-10 is over-confident in every bin, and the largest gap on CIFAR-100 is of 3 rows [needs netcal]", () => {
    const [small, large] = models as [Model, Model, Model];
    for (const { count, confidence, accuracy: right } of reliabilityDiagram(small.top)) {
      if (count > 0) expect(confidence).toBeGreaterThan(right);
    }
    const gap = (bin: ReliabilityBin): number => Math.abs(bin.confidence - bin.accuracy);
    const [widest] = [...reliabilityDiagram(large.top)].sort((a, b) => gap(b) - gap(a));
    expect(widest?.count).toBe(3);
  });

  test("the classwise error [needs netcal]", () => {
    const errors = models.map(({ labels, predictions }) => classwiseCalibrationError(labels, predictions));
    expect(line("mean over classes")).toEqual(errors.map((error) => (100 * error).toFixed(3)));
  });

  test("the smooth error, exact and on relplot's grid [needs netcal]", () => {
    for (const { name, top } of models) {
      const [exact, grid] = [smoothCalibrationError(top), smoothCalibrationError(top, { grid: "relplot" })];
      const sure = Array.from(top.confidence).filter((c) => c > 0.99).length / top.confidence.length;
      expect(line(`${name}, smooth`)).toEqual([
        (100 * exact).toFixed(3),
        (100 * grid).toFixed(3),
        `${grid > exact ? "+" : "−"}${Math.abs(100 * (grid / exact - 1)).toFixed(2)}%`,
        `${percent(sure)}%`,
      ]);
    }
  });

  test("a low error that means nothing [needs netcal]", () => {
    const [, lenet, wide] = models as [Model, Model, Model];
    const [rows, classes] = lenet.predictions.shape;
    const data = new Float64Array(rows * classes).fill(1 / classes);
    const uniform: Predictions = { data, shape: [rows, classes], kind: "probabilities" };
    const know: Model = { ...lenet, predictions: uniform, top: topLabel(lenet.labels, uniform) };
    for (const [name, { labels, predictions, top }] of [
      ["1/100 for every class", know],
      ["LeNet-5", lenet],
      ["WRN-16-4", wide],
    ] as const) {
      expect(line(name)).toEqual([
        percent(expectedCalibrationError(top)),
        percent(accuracy(top)),
        negativeLogLikelihood(labels, predictions).toFixed(3),
        brierScore(labels, predictions).toFixed(3),
        auroc(top)?.toFixed(3),
      ]);
    }
  });
});

describe("the table of what others have", () => {
  const rows = page
    .slice(page.indexOf("## What others have"))
    .split("\n")
    .filter((text) => text.startsWith("|"))
    .map((text) =>
      text
        .split("|")
        .slice(1, -1)
        .map((cell) => cell.trim()),
    );

  test("has a cell for every library in every row", () => {
    const [head = [], , ...body] = rows;
    expect(head).toHaveLength(10);
    expect(body.length).toBeGreaterThan(15);
    for (const row of body) {
      expect(row).toHaveLength(10);
      for (const cell of row) expect(cell).not.toBe("");
    }
  });

  test("names only what softlabel exports", async () => {
    const exported = Object.keys(await import("softlabel/calibration"));
    const [, , ...body] = rows;
    const named = body.flatMap(([, ours = ""]) => [...ours.matchAll(/`(\w+)`/g)].map(([, name]) => name));
    expect(named.length).toBeGreaterThan(15);
    for (const name of named) expect(exported).toContain(name);
  });
});
