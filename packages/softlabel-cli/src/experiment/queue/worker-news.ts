import type { Trial } from "../trials.ts";

/** What a worker tells while it works. Each is told as it happens, before what follows from it is done. */
export type WorkerNews =
  /** The queue gave us the trial. */
  | { readonly type: "taken"; readonly trial: Trial }
  /** Its process has told of its first step. */
  | { readonly type: "started"; readonly trial: Trial }
  /** Its result is in place, by us (`finished`) or before (`found`); the queue does not know yet. */
  | { readonly type: "finished" | "found"; readonly trial: Trial }
  /** The queue knows. */
  | { readonly type: "acknowledged"; readonly trial: Trial }
  /** Given back to the queue, because this worker ends. */
  | { readonly type: "returned"; readonly trial: Trial }
  /** Stopped early, as the experiment wished: it has no result. */
  | { readonly type: "stopped"; readonly trial: Trial }
  /** The server has not heard of us for too long, and may have given the trial to another. */
  | { readonly type: "lost"; readonly trial: Trial }
  | { readonly type: "failed"; readonly trial: Trial; readonly reason: string; readonly attempt: number }
  /** A job that is no trial of the experiment. */
  | { readonly type: "refused"; readonly job: string; readonly reason: string }
  /** A trial that another worker has lost is on offer again. */
  | { readonly type: "recovered"; readonly job: string }
  /** The server is not there or says something; without credentials. */
  | { readonly type: "trouble"; readonly what: string };
