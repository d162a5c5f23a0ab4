import { workerData } from "node:worker_threads";

/*
 * A thread beside a reader, which may be in a loop that never comes back: ends the process when it takes more memory
 * than it may, or when the process that wants the answer is gone.
 */
const most = Number(workerData);
const parent = process.ppid;
const everyMs = 20;

setInterval(() => {
  if (process.memoryUsage.rss() > most) process.kill(process.pid, "SIGKILL");
  if (process.ppid !== parent) process.kill(process.pid, "SIGKILL");
}, everyMs);
