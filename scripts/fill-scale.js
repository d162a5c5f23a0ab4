// Puts the raw results of `npm run bench -- judging queue-cost`, and the plan of an ImageNet experiment, into the tables
// of docs/scale.md.
//
//     node scripts/fill-scale.js [SCALE.md]

import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { judgingTable } from "../bench/judging/table.js";
import { queueTable } from "../bench/queue-cost/table.js";
import { filled } from "./bench-documents.js";
import { trainingTable } from "./plan-imagenet.js";

const inRepository = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const resultsOf = (name) => JSON.parse(readFileSync(inRepository(`bench/results/${name}.json`), "utf8"));
const document = readFileSync(inRepository("docs/scale.md"), "utf8");
const parts = {
  training: trainingTable(),
  judging: judgingTable(resultsOf("judging")),
  queue: queueTable(resultsOf("queue-cost")),
};
const [target = inRepository("docs/scale.md")] = process.argv.slice(2);
writeFileSync(target, filled(document, "scale", parts));
