import { runTrials } from "../run-trials.ts";
import type { TrialQueue } from "./trial-queue.ts";

/** Child processes of this process: the way that needs no server. */
export function localQueue(host: {
  /** A module that calls `serveTrials`; one child process of it runs per job. */
  readonly worker: URL;
  /** Trials at the same time. */
  readonly jobs: number;
}): TrialQueue {
  return {
    name: "local",
    shared: false,
    run: (order) => runTrials({ ...order, ...host }),
    close: async () => {},
  };
}
