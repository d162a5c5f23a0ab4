import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverOf } from "../../../../src/commands/queue-options.ts";
import { bullQueue } from "../../../../src/experiment/queue/bull-queue.ts";
import { localQueue } from "../../../../src/experiment/queue/local-queue.ts";
import { queueVariable } from "../../../../src/experiment/queue/queue-variable.ts";
import { runExperiment } from "../../../../src/experiment/run-experiment.ts";
import { chaosExperiment } from "./chaos-experiment.ts";

/* A command that runs the experiment of the chaos: on the queue that the environment names, or here. */
const [out, count] = process.argv.slice(2);
const jobs = 2;
/** Short, as the trials are. */
const times = { retryMs: 100, pollMs: { least: 50, most: 250 }, reofferMs: 5_000, backoffMs: 100 };

const queue =
  process.env[queueVariable] === undefined
    ? localQueue({ worker: new URL("./fake-trial-process.mjs", import.meta.url), jobs })
    : bullQueue({ server: serverOf(true), times });
await runExperiment(() => chaosExperiment(out, jobs, Number(count)), {
  queue,
  writeReport: async ({ arms }, folder) => writeFileSync(join(folder, "report.html"), `${arms.length} arms\n`),
});
await queue.close();
