// How long the searches of vector, matrix and Dirichlet scaling take until no gradient is left: real predictions where
// they are installed and drawn logits. By default, and for the hardest file with a thousandth of the regularisation. A
// search that takes more than `limit` seconds of CPU is ended there, and its entry says so.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fitDirichlet, fitMatrixScaling, fitVectorScaling } from "../../packages/softlabel/dist/calibration/index.js";
import { readPredictions } from "../../packages/softlabel-cli/dist/data/predictions/read-predictions.js";
import { uniform } from "../loss/given.js";
import { fitsTable } from "./table.js";

const limit = 120;
const folder = fileURLToPath(new URL("../../../shared/data/netcal/", import.meta.url));
const files = ["lenet-5-cifar-10", "lenet-5-cifar-100", "wideresnet-16-4-cifar-100"];
const methods = { vector: fitVectorScaling, matrix: fitMatrixScaling, Dirichlet: fitDirichlet };

export async function run() {
  const skipped = files.filter((name) => !existsSync(`${folder}${name}.npz`));
  const fits = [];
  const measure = (method, one, strength = 1) => {
    const started = performance.now();
    const before = process.cpuUsage();
    // What the machine does beside it counts in the wall time and not in this.
    const cpu = () => process.cpuUsage(before).user / 1e6;
    let isEnded = false;
    const onIteration = () => {
      isEnded = cpu() > limit;
      return !isEnded;
    };
    const { search } = methods[method](one.labels, one.predictions, { ...one.options(strength), onIteration });
    const seconds = (performance.now() - started) / 1000;
    const [rows, classes] = one.predictions.shape;
    const ended = isEnded && !search.converged;
    fits.push({ given: one.name, method, strength, rows, classes, seconds, cpuSeconds: cpu(), ended, ...search });
    console.log(
      fitsTable({ fits: fits.slice(-1), limit })
        .split("\n")
        .at(-1),
    );
  };
  for (const [rows, classes] of [
    [5000, 10],
    [5000, 100],
    [3000, 300],
  ]) {
    measure("matrix", drawn(rows, classes));
  }
  for (const name of files) {
    if (skipped.includes(name)) continue;
    const one = await recorded(name);
    measure("vector", one);
    measure("Dirichlet", one);
    if (name === files[2]) measure("Dirichlet", one, 1e-3);
  }
  return { skipped, limit, fits };
}

/** Logits 4 above noise at the label, with classes that attract one another and scales of their own. */
function drawn(rows, classes) {
  const random = uniform(classes);
  const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
  const scales = Array.from({ length: classes }, () => 2 * Math.exp(0.3 * normal()));
  const attraction = Float64Array.from({ length: classes ** 2 }, () => 0.6 * normal());
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  const data = Float32Array.from({ length: rows * classes }, (_, i) => {
    const [label, k] = [labels[Math.floor(i / classes)], i % classes];
    return scales[k] * ((k === label ? 4 : 0) + attraction[label * classes + k] + 1.2 * normal());
  });
  return {
    name: `drawn, ${classes} classes`,
    labels,
    predictions: { data, shape: [rows, classes], kind: "logits" },
    options: (strength) => ({ offDiagonal: strength, intercept: strength }),
  };
}

/** The first half of a file of net:cal's. */
async function recorded(name) {
  const rows = 5000;
  const { test } = await readPredictions(`${folder}${name}.npz`, { kind: "probabilities" });
  const classes = test.shape[1];
  return {
    name,
    labels: test.labels.slice(0, rows),
    predictions: { data: test.data.slice(0, rows * classes), shape: [rows, classes], kind: test.kind },
    options: (strength) => ({ clip: 1e-7, offDiagonal: strength, intercept: strength }),
  };
}
