// How far each contender's loss and gradient (ε = 0.1) are from the float64 core, row by row: N(0, σ) logits, σ = 1, 5
// and 30, 10 to 128,256 classes. The loss is held against max(1, |loss|), the gradient against its row's largest
// |gradient| or p.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";
import { contenders } from "../loss/contenders.js";
import { rowSizes } from "../loss/given.js";
import { cases, labelSmoothing, readAnswer, readCase, writeCase } from "./given.js";
import { edges, histogram } from "./histogram.js";

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = (file, ...words) => [process.execPath, here(file), ...words];

/** How each contender's answers are computed, given the folders of the cases. */
const programs = {
  simd: node("./softlabel.js", "simd"),
  relaxed: node("./softlabel.js", "relaxed"),
  pytorch: ["/usr/bin/python3", here("./python.py"), "torch", `${labelSmoothing}`],
  numpy: ["/usr/bin/python3", here("./python.py"), "numpy", `${labelSmoothing}`],
  "tfjs-wasm": node("./tfjs.js", "wasm"),
  "tfjs-cpu": node("./tfjs.js", "cpu"),
  "jax-js": node("./jax.js"),
};

export async function run() {
  const { versions, skipped } = contenders();
  const names = Object.keys(programs).filter((name) => !(name in skipped));
  const folder = mkdtempSync(join(tmpdir(), "softlabel-accuracy-"));
  const measured = [];
  try {
    for (const one of cases) {
      const at = join(folder, one.name);
      writeCase(at, one);
      const reference = referenceOf(readCase(at));
      const sides = {};
      for (const name of names) {
        const [command, ...words] = programs[name];
        execFileSync(command, [...words, at], { stdio: ["ignore", "inherit", "inherit"] });
        sides[name] = errorsOf(readAnswer(at, name), reference);
      }
      measured.push({ ...one, sides });
      rmSync(at, { recursive: true });
      const worst = names.map((name) => `${name} ${sides[name].loss.worst} ${sides[name].gradient.worst}`);
      console.log(`${one.classes} classes, σ = ${one.deviation}: ${worst.join(", ")}`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { labelSmoothing, versions, skipped, edges, cases: measured };
}

/** The core's answer in float64, and what errors are held against. */
function referenceOf({ rows, classes, logits, labels }) {
  const z = { data: Float64Array.from(logits), shape: [rows, classes] };
  const options = { labelSmoothing, reduction: "none", gradient: true };
  const { loss, gradLogits } = softmaxCrossEntropy(labels, z, options);
  // rowSizes expects the gradient of a mean.
  const ofMean = gradLogits.data.map((value) => value / rows);
  return { losses: loss, gradient: gradLogits.data, sizes: rowSizes(logits, ofMean, rows).map((size) => size * rows) };
}

function errorsOf(answer, { losses, gradient, sizes }) {
  const classes = gradient.length / losses.length;
  const ofLoss = losses.map((loss, row) => Math.abs(answer.losses[row] - loss) / Math.max(1, Math.abs(loss)));
  const ofGradient = losses.map((_, row) => {
    let worst = 0;
    for (let at = row * classes; at < (row + 1) * classes; at++) {
      worst = Math.max(worst, Math.abs(answer.gradient[at] - gradient[at]) / sizes[row]); // NaN stays
    }
    return worst;
  });
  return { loss: histogram(ofLoss), gradient: histogram(ofGradient) };
}
