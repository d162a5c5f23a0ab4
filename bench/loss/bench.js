// Loss and gradient of the smoothed softmax cross-entropy (ε = 0.1, mean over the rows): the kernels beside what a user
// could take instead. Every contender gets the same logits and labels and is held to the core's float64 answer before
// it is timed; then all take turns, each library in a process of its own. The whole is done several times with new
// processes, and a ratio is the median of the passes' ratios of medians.
//
//     SOFTLABEL_BENCH_PASSES=1          passes, 3 unless given
//     SOFTLABEL_REFERENCE_WASM=a:b      other kernels to be held against (reference.js)
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { summary } from "../measure.js";
import { contenders } from "./contenders.js";
import { labelSmoothing, writeProblem } from "./given.js";
import { ratios, requireAgreement, shapes } from "./ratios.js";
import { printRatios, printTimes } from "./tables.js";

const rounds = 24;
const milliseconds = 6;
// A side this slow, in µs, has a turn in every sixth round only.
const slow = 2e4;

export async function run() {
  const passes = Number(process.env.SOFTLABEL_BENCH_PASSES ?? 3);
  if (!(Number.isSafeInteger(passes) && passes > 0)) {
    throw new RangeError(`SOFTLABEL_BENCH_PASSES must be a positive integer, got ${passes}`);
  }
  const { processes, versions, skipped } = contenders();
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const results = [];
  try {
    for (const { rows, classes, name } of shapes) writeProblem(join(folder, name), rows, classes);
    for (let pass = 0; pass < passes; pass++) {
      const measured = {};
      for (const { name } of shapes) measured[name] = await compareOn(join(folder, name), processes, skipped);
      results.push(measured);
      console.log(`pass ${pass + 1} of ${passes} done`);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  for (const [name, why] of Object.entries(skipped)) console.log(`${name} is skipped: ${why}`);
  printTimes(results);
  printRatios(ratios(results));
  return { unit: "µs per call", labelSmoothing, versions, skipped, ratios: ratios(results), passes: results };
}

async function compareOn(folder, processes, skipped) {
  const running = Object.entries(processes).map(([process, start]) => ({ process, ...start() }));
  const results = {};
  try {
    const sides = [];
    for (const { process, ask } of running) {
      const { error, sides: found } = await ask(JSON.stringify({ open: folder }));
      if (error) skipped[process] = error;
      for (const [name, checked] of Object.entries(found ?? {})) {
        if (checked.skipped !== undefined) {
          skipped[name] = checked.skipped;
          continue;
        }
        results[name] = checked;
        sides.push({ name, ask, times: [], turns: [] });
      }
    }
    requireAgreement(results);
    for (let round = 0; round < rounds; round++) {
      // There and back, so that nobody always follows the same neighbour.
      for (const side of round % 2 === 0 ? sides : sides.toReversed()) {
        if (round % 6 > 0 && side.times[0] > slow) continue;
        const { error, times } = await side.ask(JSON.stringify({ time: side.name, milliseconds }));
        if (error) throw new Error(`${side.name}: ${error}`);
        side.times.push(...times);
        side.turns.push(summary(times).median);
      }
    }
    for (const { name, times, turns } of sides) {
      results[name] = { ...results[name], ...rounded(summary(times)), turns: turns.map(fourDigits) };
    }
  } finally {
    for (const { end } of running) end();
  }
  return results;
}

/** Each statistic to as many digits as mean something. */
function rounded(statistics) {
  return Object.fromEntries(Object.entries(statistics).map(([name, value]) => [name, fourDigits(value)]));
}

function fourDigits(value) {
  return Number(value.toPrecision(4));
}
