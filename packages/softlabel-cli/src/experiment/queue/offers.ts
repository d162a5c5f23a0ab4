import { canonicalJson } from "../canonical-json.ts";
import type { Trial } from "../trials.ts";
import { type BullJob, type BullQueue, jobName } from "./connect.ts";
import { jobIdOf } from "./job-id.ts";
import type { QueueFile } from "./queue-file.ts";

/** How often a trial is begun that fails by itself: by the third time it is not the machine. */
export const attempts = 3;

/** What a queue knows at one moment. */
export interface QueueLook {
  readonly active: readonly BullJob[];
  readonly failed: readonly BullJob[];
  /** Jobs of every state. */
  readonly known: number;
}

export async function lookAt(queue: BullQueue): Promise<QueueLook> {
  const counts = await queue.getJobCounts("waiting", "active", "delayed", "prioritized", "failed");
  const [active, failed] = [counts.active > 0 ? await queue.getJobs("active") : [], await failedJobs(queue, counts)];
  // A job may go between the listing and the reading.
  const there = (jobs: readonly (BullJob | undefined)[]): BullJob[] => jobs.filter((job) => job !== undefined);
  return {
    active: there(active as (BullJob | undefined)[]),
    failed: there(failed),
    known: Object.values(counts).reduce((sum, count) => sum + count, 0),
  };
}

/** Offers trials to workers, in their order; one that is on offer already stays as it is. */
export async function offerTrials(
  queue: BullQueue,
  trials: readonly Trial[],
  file: QueueFile,
  backoffMs: number,
): Promise<void> {
  for (let first = 0; first < trials.length; first += atOnce) {
    await queue.addBulk(
      trials.slice(first, first + atOnce).map((trial) => ({
        name: jobName,
        data: { token: file.token, trial },
        opts: {
          jobId: jobIdOf(trial.id),
          attempts,
          backoff: { type: "fixed", delay: backoffMs },
          // A job that is done is told by the folder; under its id the same trial can be offered again.
          removeOnComplete: true,
          removeOnFail: false,
          stackTraceLimit: 0,
        },
      })),
    );
  }
}

/**
 * Takes back what earlier commands left in the queue: trials that failed, which are to be tried again, and those that
 * this experiment no longer has. What is being carried out stays.
 */
export async function withdrawOld(queue: BullQueue, trials: readonly Trial[]): Promise<void> {
  const ours = new Set(trials.map(({ id }) => jobIdOf(id)));
  const failed = (await queue.getJobs("failed")) as (BullJob | undefined)[];
  const waiting = (await queue.getJobs(["waiting", "delayed", "prioritized"])) as (BullJob | undefined)[];
  const old = [...failed, ...waiting.filter((job) => !ours.has(job?.id ?? ""))];
  // Taken by a worker, or taken back by another command, meanwhile: then it is not there to be removed.
  for (const job of old) await job?.remove().catch(() => {});
}

/** Whether the job is what we would offer under its id, and not what somebody else put there. */
export function isOfferOf(job: BullJob, trial: Trial, { token }: QueueFile): boolean {
  return canonicalJson(job.data) === canonicalJson({ token, trial });
}

const atOnce = 500;

async function failedJobs(
  queue: BullQueue,
  { failed }: Readonly<Record<string, number>>,
): Promise<readonly (BullJob | undefined)[]> {
  return failed > 0 ? ((await queue.getJobs("failed")) as (BullJob | undefined)[]) : [];
}
