import { serverOf } from "../../../../src/commands/queue-options.ts";
import { workOn } from "../../../../src/experiment/queue/bull-worker.ts";

import type { WorkerNews } from "../../../../src/experiment/queue/worker-news.ts";
import type { WorkerOrder } from "./chaos-cast.ts";
import type { FatalMoment } from "./chaos-deck.ts";
import { chaosIngredients } from "./chaos-experiment.ts";

/* The laboratory's worker on the experiment of the chaos, with a moment at which it kills itself. */
const { out, fate, lockMs }: WorkerOrder = JSON.parse(process.argv[2]);

/** What a worker tells before it goes on. */
const moments: Readonly<Partial<Record<WorkerNews["type"], FatalMoment>>> = {
  taken: "before a trial",
  finished: "between result and acknowledgement",
  acknowledged: "after a trial",
};
let passed = 0;

function meetFate(news: WorkerNews): void {
  if (fate === null || moments[news.type] !== fate.moment) return;
  passed++;
  const isNow = "turn" in fate ? passed === fate.turn : "trial" in news && news.trial.id === fate.trial;
  if (isNow) process.kill(process.pid, "SIGKILL");
}

const stopping = new AbortController();
process.once("SIGTERM", () => stopping.abort());

await workOn({
  server: serverOf(true),
  experiment: out,
  jobs: 1,
  child: new URL("./fake-trial-process.mjs", import.meta.url),
  trainer: null,
  own: { train: chaosIngredients },
  untilIdle: false,
  signal: stopping.signal,
  onNews: meetFate,
  times: { lockMs, stalledCheckMs: lockMs / 2, retryMs: 100 },
});
