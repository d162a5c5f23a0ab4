// npm run bench [-- NAME …] [--seeds N]: runs the benches of these names, or every one, and keeps their raw results in
// bench/results/NAME.json with machine, versions and date.
import { writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { machine } from "./measure.js";

/** @type {Readonly<Record<string, () => Promise<{ run: (options: { seeds?: number }) => Promise<object> }>>>} */
const benches = {
  accuracy: () => import("./accuracy/bench.js"),
  "adapters-jax": () => import("./adapters/jax.js"),
  adapters: () => import("./adapters/bench.js"),
  adversarial: () => import("./adversarial/bench.js"),
  chaos: () => import("./chaos/bench.js"),
  choosing: () => import("./choosing/bench.js"),
  "coverage-held-out": () => import("./interval-coverage/held-out.js"),
  coverage: () => import("./interval-coverage/bench.js"),
  evaluate: () => import("./evaluate/bench.js"),
  judging: () => import("./judging/bench.js"),
  linear: () => import("./linear/bench.js"),
  loss: () => import("./loss/bench.js"),
  "queue-cost": () => import("./queue-cost/bench.js"),
  recalibration: () => import("./recalibration/bench.js"),
  threads: () => import("./threads/bench.js"),
  tiles: () => import("./tiles/bench.js"),
  training: () => import("./training/bench.js"),
};

const { positionals: asked, values } = parseArgs({ allowPositionals: true, options: { seeds: { type: "string" } } });
// For the benches that go through seeds; what it is without, each knows.
const options = values.seeds === undefined ? {} : { seeds: Number(values.seeds) };
const unknown = asked.find((name) => !Object.hasOwn(benches, name));
if (unknown !== undefined) {
  console.error(`bench must be one of ${Object.keys(benches).join(", ")}, got ${unknown}`);
  process.exit(2);
}
for (const name of asked.length > 0 ? asked : Object.keys(benches)) {
  const { run } = await benches[name]();
  const before = { bench: name, date: new Date().toISOString(), machine: machine() };
  const result = { ...before, ...(await run(options)) };
  // Numbers side by side, or every measured time has a line of its own.
  const text = JSON.stringify(result, null, 2).replace(/\[\s+([-+\d.e,\s]+?)\s+\]/g, (_, list) => {
    return `[${list.replaceAll(/\s+/g, " ")}]`;
  });
  writeFileSync(new URL(`./results/${name}.json`, import.meta.url), `${text}\n`);
  console.log(`raw results: bench/results/${name}.json`);
}
