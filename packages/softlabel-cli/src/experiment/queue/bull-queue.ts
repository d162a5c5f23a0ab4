import { existsSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";
import { discardTrial, readFinishedTrial, trialFolder } from "../trial-store.ts";
import type { Trial } from "../trials.ts";
import { type BullQueue, openQueue } from "./connect.ts";
import { createContact } from "./contact.ts";
import { namesInTrials } from "./in-place.ts";
import { isOfferOf, lookAt, offerTrials, type QueueLook, withdrawOld } from "./offers.ts";
import { type QueueFile, queueNameOf, readQueueFile } from "./queue-file.ts";
import { closeSoon, readyInTime } from "./ready-in-time.ts";
import type { QueueServer } from "./server-url.ts";
import { removeStopMark } from "./stop-marks.ts";
import type { TrialQueue, TrialsOrder, TrialsOutcome } from "./trial-queue.ts";
import { createWatch, type Watch } from "./watch.ts";

export interface SubmitTimes {
  /** For the server's first answer. */
  readonly patienceMs: number;
  /** Before a server that is gone is asked again. */
  readonly retryMs: number;
  /** For the answer to one look, before the folder alone is looked at. */
  readonly answerMs: number;
  /** Between two looks, after news and at most. */
  readonly pollMs: { readonly least: number; readonly most: number };
  /** Without news for so long, what is left is offered again. */
  readonly reofferMs: number;
  /** Before a failed trial is tried again. */
  readonly backoffMs: number;
}

export const submitTimes: SubmitTimes = {
  patienceMs: 15_000,
  retryMs: 500,
  answerMs: 5_000,
  pollMs: { least: 100, most: 2_000 },
  reofferMs: 60_000,
  backoffMs: 5_000,
};

export interface BullQueueOptions {
  readonly server: QueueServer;
  readonly times?: Partial<SubmitTimes>;
  /** Hears that the server is gone, and why, without credentials; `null` when it is back. */
  readonly onTrouble?: (what: string | null) => void;
}

/**
 * Offers trials to the workers of a server and waits until each is in its place in the folder, or has failed.
 *
 * The folder decides: a job only says who does what, and where it is lost, with its server or by accident, the trial is
 * offered again. So this may be killed and started again, or started twice.
 *
 * @throws QueueUnreachableError (its `run`) when the server does not answer at first.
 */
export function bullQueue(options: BullQueueOptions): TrialQueue {
  return {
    name: options.server.kind,
    shared: true,
    run: (order) => offerAndWait(order, options),
    close: async () => {},
  };
}

async function offerAndWait(order: TrialsOrder, options: BullQueueOptions): Promise<TrialsOutcome> {
  const { experiment, signal, onEvent = () => {} } = order;
  const { server, onTrouble = () => {} } = options;
  const times = { ...submitTimes, ...options.times };
  const file = requireQueueFile(experiment);
  const reused = order.trials.filter((trial) => isFinished(order, trial));
  for (const trial of reused) onEvent({ type: "reused", trial });
  const watch = createWatch(order, reused);
  if (watch.left().length === 0 || signal?.aborted) return watch.outcome();

  for (const { id } of watch.left()) removeStopMark(experiment, id);
  const open = (onTrouble: (what: string) => void): BullQueue => openQueue(server, queueNameOf(file), onTrouble);
  const queue = await readyInTime(server, open, { ...times, signal });
  if (queue === null) return watch.outcome();
  try {
    const { asking } = createContact(queue, { server, answerMs: times.answerMs, onTrouble });
    const offer = asking(async () => {
      await offerTrials(queue, watch.left(), file, times.backoffMs);
      return offered;
    });
    const begin = asking(async () => {
      await withdrawOld(queue, order.trials);
      await offerTrials(queue, watch.left(), file, times.backoffMs);
      return offered;
    });
    const ask = asking(() => lookAt(queue));
    let [isOnOffer, pause, offeredAt] = [false, times.pollMs.least, performance.now()];
    while (watch.left().length > 0 && !signal?.aborted) {
      isOnOffer ||= (await unlessAborted(begin(), signal)) !== null;
      // The queue first: what it does not know any more must lie in the folder by then. Before our offer it knows only
      // what earlier commands left.
      const look = isOnOffer ? await unlessAborted(ask(), signal) : null;
      const others = look === null ? [] : jobsOfOthers(look, watch, file);
      for (const job of others) await job.remove().catch(() => {});
      const isNews = watch.see(namesInTrials(experiment), look === null ? null : without(look, others));
      if (isNews) offeredAt = performance.now();
      const isLost = look !== null && (others.length > 0 || look.known < watch.left().length);
      if (isLost || (look !== null && performance.now() - offeredAt > times.reofferMs)) {
        await unlessAborted(offer(), signal);
        offeredAt = performance.now();
      }
      pause = isNews ? times.pollMs.least : Math.min(1.5 * pause, times.pollMs.most);
      if (watch.left().length > 0) await unlessAborted(delay(pause, undefined, { signal }), signal);
    }
  } catch (error) {
    if (!signal?.aborted) throw error;
  } finally {
    await closeSoon(queue);
  }
  return watch.outcome();
}

const offered = {} as const;

/** @throws Error where the experiment was not begun as one whose folder is shared. */
function requireQueueFile(experiment: string): QueueFile {
  const file = readQueueFile(experiment);
  if (file === null) throw new Error(`${experiment} must hold a queue.json before its trials are offered`);
  return file;
}

/** One whose files are not what was written is taken out of the way. */
function isFinished({ experiment, onEvent }: TrialsOrder, trial: Trial): boolean {
  if (readFinishedTrial(experiment, trial.id) !== null) return true;
  if (existsSync(trialFolder(experiment, trial.id))) {
    discardTrial(experiment, trial.id);
    onEvent?.({ type: "damaged", trial });
  }
  return false;
}

/** Failed jobs under the ids of our trials that are not what we offered: anyone may write who reaches the server. */
function jobsOfOthers({ failed }: QueueLook, watch: Watch, file: QueueFile): QueueLook["failed"] {
  return failed.filter((job) => {
    const trial = watch.trialOf(job.id);
    return trial !== undefined && !isOfferOf(job, trial, file);
  });
}

function without(look: QueueLook, jobs: QueueLook["failed"]): QueueLook {
  return { ...look, failed: look.failed.filter((job) => !jobs.includes(job)) };
}

/** Ends with an error as soon as the signal is given, whatever becomes of the promise. */
function unlessAborted<Value>(promise: Promise<Value>, signal: AbortSignal | undefined): Promise<Value> {
  if (signal === undefined) return promise;
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(new Error("stopped"));
    if (signal.aborted) onAbort();
    signal.addEventListener("abort", onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
