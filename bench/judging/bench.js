// What judging finished trials takes once they lie in the folder: seconds and peak memory of a process that checks the
// files' hashes, reads each trial, judges it and compares the arms. It does not run together with anything else of the
// bench; the files have just been written, so that they come from the system's memory as far as that reaches.
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { experiments, writeTrial } from "./given.js";

/** Seeds of a small run of the same sizes: what is constant and what grows with the trials can be told apart. */
const fewSeeds = 2;

export async function run({ given = experiments } = {}) {
  const results = [];
  for (const sizes of given) {
    const experiment = mkdtempSync(join(tmpdir(), "softlabel-judging-"));
    try {
      mkdirSync(join(experiment, "trials"));
      const ids = Array.from({ length: sizes.trials }, (_, index) => writeTrial(experiment, index, sizes));
      const { size } = statSync(join(experiment, "trials", ids[0], "predictions.npz"));
      const few = fewSeeds * sizes.arms;
      const first = measure(experiment, ids.slice(0, few), sizes.arms);
      const all = measure(experiment, ids, sizes.arms);
      results.push({ ...sizes, bytesPerTrial: size, few: { trials: few, ...first }, all });
      console.log(line({ ...sizes, trials: few }, first));
      console.log(line(sizes, all));
    } finally {
      rmSync(experiment, { recursive: true });
    }
  }
  return { results };
}

function measure(experiment, ids, arms) {
  const list = join(experiment, "ids.json");
  writeFileSync(list, JSON.stringify(ids));
  const judge = fileURLToPath(new URL("./judge.js", import.meta.url));
  const { accuracy, ...answer } = JSON.parse(
    execFileSync(process.execPath, [judge, experiment, list, `${arms}`], { encoding: "utf8" }),
  );
  // Judged rightly before it counts: the models were made to be right on most rows.
  if (!accuracy.every((share) => share > 0.5 && share < 1)) {
    throw new Error(`the made-up models must be right on most rows, got ${accuracy}`);
  }
  return answer;
}

function line({ trials, testRows, classes }, { seconds, cpuSeconds, peakMiB }) {
  const what = `${trials} trials of ${testRows} × ${classes}`;
  return `  ${what.padEnd(34)} ${seconds.toFixed(1).padStart(7)} s ${cpuSeconds.toFixed(1).padStart(7)} s CPU ${peakMiB.toFixed(0).padStart(6)} MiB`;
}
