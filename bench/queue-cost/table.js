// The raw results as the table of docs/scale.md.
import { markdown } from "../loss/tables.js";

const whole = (value) => Math.round(value).toLocaleString("en");

/**
 * What a queue costs for each trial that it carries.
 * @param {{ trials: number, results: readonly object[] }} results
 */
export function queueTable({ trials, results }) {
  const lines = results.map(({ server, concurrency, before, add, waiting, work }) => [
    `${server === "redis" ? "Redis" : "PostgreSQL"}, ${concurrency} at a time`,
    whole(trials / add.seconds),
    whole(trials / work.seconds),
    `${((1e6 * work.cpuSeconds) / trials).toFixed(0)} µs`,
    whole(bytesPerTrial(before.memoryMiB, waiting.memoryMiB, trials)),
    whole(bytesPerTrial(before.diskMiB, waiting.diskMiB, trials)),
    `${whole(waiting.memoryMiB)} MiB`,
    `${whole(work.peakMiB)} MiB`,
  ]);
  const title = ["offered/s", "done/s", "worker's CPU a trial", "memory, B a trial", "disk, B a trial"];
  return markdown([["server", ...title, "server's memory", "worker's peak"], ...lines]);
}

function bytesPerTrial(before, after, trials) {
  return ((after - before) * 2 ** 20) / trials;
}
