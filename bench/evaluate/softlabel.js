// softlabel's side: a line of JSON for each word, "metrics" or "temperature".
import { createInterface } from "node:readline";
import { evaluatePredictions, fitTemperature } from "../../packages/softlabel/dist/calibration/index.js";
import { readProblem } from "./given.js";

const [folder, rows, classes] = process.argv.slice(2);
const given = readProblem(folder, { rows: Number(rows), classes: Number(classes) });
const predictions = { data: given.logits, shape: [given.rows, given.classes], kind: "logits" };

const answers = {
  metrics() {
    const { metrics } = evaluatePredictions(given.labels, predictions);
    return Object.fromEntries(Object.entries(metrics).map(([name, { value }]) => [name, value]));
  },
  temperature: () => ({ temperature: fitTemperature(given.labels, predictions).temperature }),
};

for await (const word of createInterface({ input: process.stdin })) {
  const start = performance.now();
  const values = answers[word]();
  console.log(JSON.stringify({ time: performance.now() - start, values }));
}
