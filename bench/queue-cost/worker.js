// A worker whose trials are done as soon as they begin: node worker.js URL CONCURRENCY TRIALS. Ends when it has carried
// out so many, and prints one line of JSON.
import { openWorker } from "../../packages/softlabel-cli/dist/experiment/queue/connect.js";
import { queueNameOf } from "../../packages/softlabel-cli/dist/experiment/queue/queue-file.js";
import { parseServerUrl } from "../../packages/softlabel-cli/dist/experiment/queue/server-url.js";
import { file } from "./given.js";

const [, , url, concurrency, trials] = process.argv;
const seen = new Set();
let started;
const worker = openWorker(parseServerUrl(url), queueNameOf(file), {
  process: async (job) => {
    started ??= performance.now();
    seen.add(job.data.trial.id);
    return null;
  },
  times: { concurrency: Number(concurrency), lockMs: 45_000, stalledCheckMs: 15_000, mostLosses: 3, retryMs: 1000 },
  host: "bench",
  onTrouble: (what) => {
    throw new Error(what);
  },
});
let completed = 0;
worker.on("completed", () => {
  completed++;
  if (completed < Number(trials)) return;
  const seconds = (performance.now() - started) / 1000;
  const { user, system } = process.cpuUsage();
  const answer = { completed, distinct: seen.size, seconds, cpuSeconds: (user + system) / 1e6 };
  console.log(JSON.stringify({ ...answer, peakMiB: process.resourceUsage().maxRSS / 1024 }));
  worker.close().then(() => process.exit());
});
void worker.run();
