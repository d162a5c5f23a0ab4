// What the queue itself costs for each trial: 100,000 trials that do nothing, offered as compare offers them and carried
// out by one worker, on Redis and on PostgreSQL, all on this machine. The worker's process and the server share its
// cores.
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openQueue } from "../../packages/softlabel-cli/dist/experiment/queue/connect.js";
import { offerTrials } from "../../packages/softlabel-cli/dist/experiment/queue/offers.js";
import { queueNameOf } from "../../packages/softlabel-cli/dist/experiment/queue/queue-file.js";
import { parseServerUrl } from "../../packages/softlabel-cli/dist/experiment/queue/server-url.js";
import { file, trialAt, trials } from "./given.js";
import { servers } from "./servers.js";

/** Trials that one worker has begun and not ended. */
const concurrencies = [1, 16, 64];

export async function run({ count = trials } = {}) {
  const results = [];
  for (const [name, start] of Object.entries(servers)) {
    for (const concurrency of concurrencies) {
      const server = await start();
      try {
        const result = await measure(server, count, concurrency);
        results.push({ server: name, version: server.version, ...result });
        const { add, work } = result;
        const [added, done] = [count / add.seconds, count / work.seconds].map((rate) => rate.toFixed(0).padStart(6));
        console.log(`  ${name.padEnd(10)} ${`${concurrency}`.padStart(3)} at a time: ${added} added/s ${done} done/s`);
      } finally {
        await server.stop();
      }
    }
  }
  const data = { token: file.token, trial: trialAt(0) };
  return { trials: count, jobCharacters: JSON.stringify(data).length, results };
}

async function measure(server, count, concurrency) {
  const queue = openQueue(parseServerUrl(server.url), queueNameOf(file), (what) => console.error(what));
  try {
    await queue.waitUntilReady();
    const given = Array.from({ length: count }, (_, index) => trialAt(index));
    const before = { memoryMiB: server.memory(), diskMiB: server.disk() };
    const started = performance.now();
    await offerTrials(queue, given, file, 5000);
    const seconds = (performance.now() - started) / 1000;
    const waiting = { memoryMiB: server.memory(), diskMiB: server.disk() };
    const there = await queue.getWaitingCount();
    if (there !== count) throw new Error(`every trial must wait before the worker starts, got ${there} of ${count}`);
    const work = await worker(server.url, concurrency, count);
    const left = await queue.getJobCounts("waiting", "active", "delayed", "failed");
    if (work.distinct !== count || Object.values(left).some((jobs) => jobs > 0)) {
      throw new Error(`every trial must be carried out once, got ${work.distinct} and ${JSON.stringify(left)} left`);
    }
    return { concurrency, before, add: { seconds }, waiting, work, after: { memoryMiB: server.memory() } };
  } finally {
    await queue.close();
  }
}

async function worker(url, concurrency, count) {
  const program = fileURLToPath(new URL("./worker.js", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, [program, url, `${concurrency}`, `${count}`]);
  return JSON.parse(stdout);
}
