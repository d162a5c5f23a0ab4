// Judges the finished trials of one experiment's folder as compare does, in a process of its own: node judge.js FOLDER
// IDS ARMS, where IDS is a file of ids, those of the arms taking turns. Prints one line of JSON.
import { readFileSync } from "node:fs";
import { createFileMemory } from "../../packages/softlabel-cli/dist/data/file-memory.js";
import { createArmFigures } from "../../packages/softlabel-cli/dist/experiment/arm-figures.js";
import { judge } from "../../packages/softlabel-cli/dist/experiment/judge.js";
import { judgeTrial } from "../../packages/softlabel-cli/dist/experiment/judge-trial.js";
import { readPredictions } from "../../packages/softlabel-cli/dist/experiment/read-trial.js";
import { readFinishedTrial, trialFolder } from "../../packages/softlabel-cli/dist/experiment/trial-store.js";

const [, , experiment, idsFile, arms] = process.argv;
const ids = JSON.parse(readFileSync(idsFile, "utf8"));
const memory = createFileMemory();
const seconds = { check: 0, read: 0, judge: 0, figures: 0, compare: 0 };

/** What `work` returns; the time it takes is added to a part's. */
function timed(part, work) {
  const before = performance.now();
  const result = work();
  seconds[part] += (performance.now() - before) / 1000;
  return result;
}

const started = performance.now();
const settings = Array.from({ length: Number(arms) }, (_, at) => {
  const epsilon = at / 100;
  return { name: `ε = ${epsilon}`, epsilon, prior: "uniform", convention: "all-classes", parameters: {} };
});
const judged = settings.map((arm, at) => {
  const figures = createArmFigures();
  const own = ids.filter((_, i) => i % settings.length === at);
  const metrics = own.map((id) => {
    const record = timed("check", () => readFinishedTrial(experiment, id));
    if (record === null) throw new Error(`the trial ${id} must be whole`);
    const predictions = timed("read", () => readPredictions(trialFolder(experiment, id), memory));
    const judgement = timed("judge", () => judgeTrial(predictions));
    timed("figures", () => figures.add(judgement, null));
    return judgement.metrics;
  });
  const trials = own.map((id, i) => ({ id, seed: i + 1 }));
  return { settings: arm, trials, metrics, figures: figures.finish(null) };
});
const compared = timed("compare", () => judge(judged));
const { user, system } = process.cpuUsage();
const answer = {
  seconds: (performance.now() - started) / 1000,
  parts: seconds,
  cpuSeconds: (user + system) / 1e6,
  peakMiB: process.resourceUsage().maxRSS / 1024,
  accuracy: compared.map(({ metrics }) => metrics.accuracy.mean),
};
console.log(JSON.stringify(answer));
