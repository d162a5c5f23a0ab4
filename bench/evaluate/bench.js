// Every metric of a file of logits, and its temperature: softlabel/calibration beside NumPy, SciPy and scikit-learn on
// one thread. Both sides compute the same numbers, which are compared one by one before anything is timed; then they
// take turns, each in a process of its own. After the whole come its parts, each by itself, where the functions of
// softlabel that need the confidences in order sort them anew.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { contender, summary } from "../measure.js";
import { problem, shapes, writeProblem } from "./given.js";

const turns = 7;
const python = "/usr/bin/python3";
const parts = ["scores", "classwise", "binned", "smooth", "ordered", "decompositions"];
const words = ["metrics", ...parts, "temperature"];
/**
 * NumPy keeps the float32 of the logits: confidences differ by 1e-7, and near an edge a row may be in another bin.
 * SciPy's search ends where float32 no longer tells two NLLs apart.
 */
const toleranceOf = (word) => (word === "temperature" ? 1e-3 : 1e-4);

const here = (name) => fileURLToPath(new URL(name, import.meta.url));

export async function run() {
  const versions = JSON.parse(
    execFileSync(
      python,
      [
        "-c",
        "import json, numpy, scipy, sklearn; print(json.dumps({m.__name__: m.__version__ for m in (numpy, scipy, sklearn)}))",
      ],
      { encoding: "utf8" },
    ),
  );
  const results = [];
  for (const shape of shapes) results.push(await measure(shape));
  print(results);
  return { unit: "ms per call", versions: { ...versions, node: process.version }, results };
}

async function measure(shape) {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const place = [folder, `${shape.rows}`, `${shape.classes}`];
  const sides = [];
  try {
    writeProblem(folder, problem(shape));
    sides.push({ name: "softlabel", ...contender(process.execPath, [here("./softlabel.js"), ...place]) });
    sides.push({ name: "numpy", ...contender(python, [here("./python.py"), ...place]) });
    const measured = {};
    for (const word of words) measured[word] = await duel(word, sides);
    return { shape, ...measured };
  } finally {
    for (const { end } of sides) end();
    rmSync(folder, { recursive: true });
  }
}

async function duel(word, [own, other]) {
  const [ours, theirs] = [await own.ask(word), await other.ask(word)];
  const largestDifference = requireAgreement(word, ours, theirs);
  const times = { softlabel: [], numpy: [] };
  for (let turn = 0; turn < turns; turn++) {
    for (const { name, ask } of [own, other]) times[name].push((await ask(word)).time);
  }
  const sides = Object.fromEntries(
    Object.entries(times).map(([name, list]) => [name, { ...summary(list), times: list }]),
  );
  return { largestDifference, ...sides, ratio: sides.numpy.median / sides.softlabel.median };
}

function requireAgreement(word, ours, theirs) {
  for (const side of [ours, theirs]) if (side.error) throw new Error(`a contender cannot: ${side.error}`);
  const missing = Object.keys(ours.values).filter((name) => !(name in theirs.values));
  if (missing.length > 0) throw new Error(`both sides must have the same numbers, got ${missing} from one alone`);
  let largest = 0;
  for (const [name, value] of Object.entries(theirs.values)) {
    const difference = Math.abs(ours.values[name] - value) / Math.max(1, Math.abs(value));
    largest = Math.max(largest, difference);
    if (!(difference <= toleranceOf(word)))
      throw new Error(`${name} must agree, got ${ours.values[name]} and ${value}`);
  }
  return largest;
}

function print(results) {
  console.log("\nevaluate: ms per call, median, softlabel and NumPy with SciPy and scikit-learn, and the ratio");
  for (const { shape, ...measured } of results) {
    for (const word of words) {
      const { softlabel, numpy, ratio } = measured[word];
      const who = `${shape.rows} × ${shape.classes}, ${word}`;
      console.log(
        `  ${who.padEnd(34)} ${softlabel.median.toFixed(1).padStart(7)} ${numpy.median.toFixed(1).padStart(7)}   × ${ratio.toFixed(2)}`,
      );
    }
  }
}
