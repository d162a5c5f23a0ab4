// The differentiable loss of softlabel/tfjs beside tf.losses.softmaxCrossEntropy, ε = 0.1, forward and gradient, on
// TensorFlow.js' wasm and cpu backends in Node, and on webgl and webgpu in Chromium where there is one. Each answer is
// held to the core's in float64 before it is timed; then the two take turns in one process. Memory is the most that the
// data of new tensors take at once, the gradient's among it.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { summary } from "../measure.js";
import { openPage } from "./browser.js";
import { labelSmoothing, shapes } from "./given.js";

const turns = { wasm: 9, cpu: 3, webgl: 3, webgpu: 3 };
const most = { loss: 1e-5, gradient: 1e-5 };

export async function run() {
  const results = {};
  for (const backend of ["wasm", "cpu"]) results[backend] = finished(backend, await measureInNode(backend));
  const page = await openPage();
  if (page === null) console.log("webgl and webgpu are skipped: there is no /usr/bin/chromium");
  try {
    for (const backend of page ? ["webgl", "webgpu"] : []) {
      const measured = [];
      for (const shape of shapes) measured.push(await page.measure(backend, shape, turns[backend]));
      results[backend] = finished(backend, measured);
    }
  } finally {
    await page?.close();
  }
  const chromium = page ? { chromium: page.version } : {};
  return { unit: "ms per call", labelSmoothing, versions: { ...versions(), ...chromium }, results };
}

async function measureInNode(backend) {
  const script = fileURLToPath(new URL("./node.js", import.meta.url));
  const words = [script, backend, `${turns[backend]}`];
  const { stdout } = await promisify(execFile)(process.execPath, words, { maxBuffer: 2 ** 26 });
  return stdout
    .split("\n")
    .filter((line) => line.startsWith("{"))
    .map((line) => JSON.parse(line));
}

/** Checked, with what a reader wants of the times, and printed. */
function finished(backend, measured) {
  for (const { shape, results } of measured) {
    for (const [name, side] of Object.entries(results)) {
      requireAgreement(`${name} on ${backend} at [${shape.join(", ")}]`, side.errors);
      const timesLogits = side.peakBytes / (4 * shape[0] * shape[1]);
      results[name] = { ...side, ...summary(side.times), timesLogits };
    }
  }
  print(backend, measured);
  return measured;
}

function requireAgreement(where, errors) {
  for (const [part, error] of Object.entries(errors)) {
    if (!(error <= most[part])) {
      throw new Error(`${where} must be within ${most[part]} of float64's ${part}, got ${error}`);
    }
  }
}

function print(backend, measured) {
  console.log(`\nadapters, ${backend}: µs per call, median (quartiles); memory in times the logits`);
  for (const { shape, results } of measured) {
    const columns = Object.entries(results).map(([name, { median, lowerQuartile, upperQuartile, timesLogits }]) => {
      const quartiles = `${micro(lowerQuartile)}–${micro(upperQuartile)}`;
      return `${name} ${micro(median)} (${quartiles}), ${timesLogits.toFixed(2)}×`.padEnd(46);
    });
    const ratio = (results.tfjs.median / results.softlabel.median).toFixed(1);
    console.log(`  ${`[${shape.join(", ")}]`.padEnd(12)} ${columns.join("  ")} ratio ${ratio}`);
  }
}

const micro = (ms) => (1000 * ms).toFixed(ms < 0.1 ? 1 : 0);
