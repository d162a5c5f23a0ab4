// Keeps the numbers of one run of `softlabel adversarial` that the documents quote, without pictures and figures.
//
//     node scripts/keep-adversarial-run.js RESULTS.json [KEPT.json]

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const kept = fileURLToPath(new URL("../bench/results/adversarial-mnist.json", import.meta.url));
const [resultsFile, keptFile = kept] = process.argv.slice(2);
const { digits: _, ...results } = JSON.parse(readFileSync(resultsFile, "utf8"));
if (results.schema !== "softlabel.adversarial/1") {
  throw new Error(`RESULTS.json must be of schema softlabel.adversarial/1, got ${results.schema}`);
}
writeFileSync(keptFile, `${JSON.stringify({ ...results, arms: results.arms.map(withoutFigures) }, null, 1)}\n`);

function withoutFigures({ calibration, ...arm }) {
  const numbers = Object.entries(calibration).map(([name, { reliability, confidence, ...rest }]) => [name, rest]);
  return { ...arm, calibration: Object.fromEntries(numbers) };
}
