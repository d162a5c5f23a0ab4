// softlabel's side: a line of JSON for each word, the name of a part, "metrics" or "temperature".
import { createInterface } from "node:readline";
import {
  augrc,
  aurc,
  auroc,
  classwiseCalibrationError,
  corpDecomposition,
  coverageAtRisk,
  evaluatePredictions,
  expectedCalibrationError,
  falsePositiveRateAtRecall,
  fitTemperature,
  kolmogorovSmirnovCalibration,
  kuiperCalibration,
  murphyDecomposition,
  riskAtCoverage,
  rowScores,
  smoothCalibrationError,
  spiegelhalterTest,
} from "../../packages/softlabel/dist/calibration/index.js";
import { readProblem } from "./given.js";

const [folder, rows, classes] = process.argv.slice(2);
const given = readProblem(folder, { rows: Number(rows), classes: Number(classes) });
const { labels } = given;
const predictions = { data: given.logits, shape: [given.rows, given.classes], kind: "logits" };
const kept = rowScores(labels, predictions);

const answers = {
  metrics() {
    const { metrics, classes: table, rows: scored } = evaluatePredictions(labels, predictions);
    const measured = Object.entries(metrics).map(([name, { value }]) => [name, value]);
    return { ...Object.fromEntries(measured), ...byClass(table), ...decompositions(scored) };
  },
  scores() {
    const { correct, logLoss, squaredError, labelRank, confidence } = rowScores(labels, predictions);
    return {
      accuracy: mean(correct),
      top5: mean(labelRank.map((rank) => (rank < 5 ? 1 : 0))),
      nll: mean(logLoss),
      brier: mean(squaredError),
      overconfidence: mean(confidence) - mean(correct),
    };
  },
  classwise: () => ({ classwiseEce: classwiseCalibrationError(labels, predictions) }),
  binned: () => ({
    ece: expectedCalibrationError(kept),
    rmsCe: expectedCalibrationError(kept, { norm: "l2" }),
    debiasedCe: expectedCalibrationError(kept, { norm: "l2", debiased: true }),
    mce: expectedCalibrationError(kept, { norm: "max" }),
    adaptiveEce: expectedCalibrationError(kept, { binning: "equal-mass" }),
  }),
  smooth: () => ({ smoothEce: smoothCalibrationError(kept) }),
  ordered: () => ({
    ks: kolmogorovSmirnovCalibration(kept).error,
    kuiper: kuiperCalibration(kept).error,
    spiegelhalterZ: spiegelhalterTest(kept).z,
    aurc: aurc(kept),
    augrc: augrc(kept),
    auroc: auroc(kept),
    fpr95: falsePositiveRateAtRecall(kept),
    riskAt80Coverage: riskAtCoverage(kept, 0.8),
    coverageAt5Risk: coverageAtRisk(kept, 0.05),
  }),
  decompositions: () => decompositions(kept),
  temperature: () => ({ temperature: fitTemperature(labels, predictions).temperature }),
};

function decompositions(outcomes) {
  const corp = corpDecomposition(outcomes);
  const murphy = murphyDecomposition(outcomes);
  return {
    "corp miscalibration": corp.miscalibration,
    "corp discrimination": corp.discrimination,
    "corp uncertainty": corp.uncertainty,
    "murphy reliability": murphy.reliability,
    "murphy resolution": murphy.resolution,
    "murphy variance": murphy.withinBinVariance,
    "murphy covariance": murphy.withinBinCovariance,
  };
}

function byClass(table) {
  const columns = ["recall", "precision", "confidence", "brier", "nll"];
  const meanOf = (column) => table.reduce((sum, row) => sum + (row[column] ?? 0), 0) / table.length;
  return Object.fromEntries(columns.map((column) => [`mean ${column} by class`, meanOf(column)]));
}

function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

for await (const word of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const values = answers[word]();
  console.log(JSON.stringify({ time: performance.now() - start, values }));
}
