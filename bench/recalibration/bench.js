// How long the searches of matrix scaling and Dirichlet calibration take until no gradient is left: real predictions
// where they are installed, drawn logits of 10, 60 and 100 classes; regularised as by default, and
// the first four by a thousandth of it.
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { fitDirichlet, fitMatrixScaling, fitVectorScaling } from "../../packages/softlabel/dist/calibration/index.js";
import { readPredictions } from "../../packages/softlabel-cli/dist/data/predictions/read-predictions.js";
import { uniform } from "../loss/given.js";

const rows = 5000;
const folder = fileURLToPath(new URL("../../../shared/data/netcal/", import.meta.url));
const files = ["lenet-5-cifar-10", "lenet-5-cifar-100", "wideresnet-16-4-cifar-100"];

export async function run() {
  const skipped = files.filter((name) => !existsSync(`${folder}${name}.npz`));
  const given = [10, 60, 100].map(drawn);
  for (const name of files) if (!skipped.includes(name)) given.push(await recorded(name));
  const fits = [];
  const measure = (method, recalibrate, one, strength) => {
    const started = performance.now();
    const before = process.cpuUsage();
    const { search } = recalibrate(one.labels, one.predictions, one.options(strength));
    const seconds = (performance.now() - started) / 1000;
    // What the machine does beside it counts in the one and not in the other.
    const cpuSeconds = process.cpuUsage(before).user / 1e6;
    const [of, classes] = one.predictions.shape;
    fits.push({ given: one.name, method, strength, rows: of, classes, seconds, cpuSeconds, ...search });
    const state = search.converged ? "converged" : "stopped";
    console.log(
      `${one.name}, ${method}, ${strength}: ${seconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of CPU), ${search.iterations} steps, ${state}`,
    );
  };
  for (const one of given) {
    measure("vector", fitVectorScaling, one, 1);
    measure("matrix", fitMatrixScaling, one, 1);
    measure("Dirichlet", fitDirichlet, one, 1);
  }
  for (const one of given.slice(0, 4)) measure("Dirichlet", fitDirichlet, one, 1e-3);
  return { skipped, fits };
}

/** Logits 4 above noise at the label, with classes that attract one another and scales of their own. */
function drawn(classes) {
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
  const { test } = await readPredictions(`${folder}${name}.npz`, { kind: "probabilities" });
  const classes = test.shape[1];
  return {
    name,
    labels: test.labels.slice(0, rows),
    predictions: { data: test.data.slice(0, rows * classes), shape: [rows, classes], kind: test.kind },
    options: (strength) => ({ clip: 1e-7, offDiagonal: strength, intercept: strength }),
  };
}
