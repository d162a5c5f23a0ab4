import { ArgumentError } from "softlabel";
import { runTrials } from "../run-trials.ts";
import { isInPlace } from "./in-place.ts";
import type { TrialQueue } from "./trial-queue.ts";

/** One of several processes that share an experiment's trials without speaking to one another. */
export interface Shard {
  /** 1-based. */
  readonly index: number;
  readonly count: number;
}

/**
 * Carries out one share of the trials in child processes and leaves the others to whoever has the other shares. Shares
 * differ by at most one trial, and each trial is in exactly one.
 */
export function shardQueue(
  shard: Shard,
  host: {
    /** A module that calls `serveTrials`; one child process of it runs per job. */
    readonly worker: URL;
    /** Trials at the same time. */
    readonly jobs: number;
  },
): TrialQueue {
  return {
    name: `shard ${shard.index}/${shard.count}`,
    shared: true,
    async run(order) {
      const { dealt = order.trials } = order;
      const own = order.trials.filter((trial) => isOwn(dealt.indexOf(trial), shard));
      const others = order.trials.filter((trial) => !own.includes(trial));
      const outcome = await runTrials({ ...order, ...host, trials: own });
      const [there, elsewhere] = partition(others, ({ id }) => isInPlace(order.experiment, id));
      for (const trial of there) order.onEvent?.({ type: "reused", trial });
      const reused = order.trials.filter((trial) => outcome.reused.includes(trial) || there.includes(trial));
      return { ...outcome, reused, elsewhere };
    },
    close: async () => {},
  };
}

/**
 * Whether the trial at a position of the list, 0-based, is this shard's.
 *
 *     (position + ⌊position / count⌋) mod count = index − 1
 *
 * Trials are dealt in rounds, each beginning one shard further: where the list repeats its arms seed by seed, no shard
 * is given one arm alone.
 */
export function isOwn(position: number, { index, count }: Shard): boolean {
  return (position + Math.floor(position / count)) % count === index - 1;
}

/** What a cluster tells each of its processes by its environment. */
type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads `3/8`, or `auto` for what the cluster says: of a Slurm array SLURM_ARRAY_TASK_ID, _MIN and _COUNT (every
 * task's number counts, so the step of the array must be 1); of a Kubernetes Indexed Job JOB_COMPLETION_INDEX, and
 * SOFTLABEL_SHARDS for its `completions`, which Kubernetes does not tell.
 *
 * @throws {@link ArgumentError} when it is neither, or the cluster says nothing.
 */
export function parseShard(typed: string, environment: Environment): Shard {
  if (typed === "auto") return shardOfCluster(environment);
  const [, index, count] = /^(\d{1,9})\/(\d{1,9})$/.exec(typed) ?? [];
  const shard = { index: Number(index), count: Number(count) };
  if (!(shard.index >= 1 && shard.index <= shard.count)) {
    throw new ArgumentError(`--shard must be 1/N, 2/N, … or N/N, or auto in an array of jobs, got "${typed}"`);
  }
  return shard;
}

function shardOfCluster(environment: Environment): Shard {
  if (environment.SLURM_ARRAY_TASK_ID !== undefined) {
    const [task, first, count] = ["ID", "MIN", "COUNT"].map((name) =>
      wholeNumber(environment, `SLURM_ARRAY_TASK_${name}`),
    );
    return within({ index: task - first + 1, count }, "SLURM_ARRAY_TASK_ID", "the array must count by 1: --array=1-8");
  }
  if (environment.JOB_COMPLETION_INDEX !== undefined) {
    const shard = {
      index: wholeNumber(environment, "JOB_COMPLETION_INDEX") + 1,
      count: wholeNumber(environment, "SOFTLABEL_SHARDS"),
    };
    return within(shard, "JOB_COMPLETION_INDEX", "SOFTLABEL_SHARDS must be the job's completions");
  }
  throw new ArgumentError(
    "--shard auto must run in a Slurm array or a Kubernetes Indexed Job, got neither SLURM_ARRAY_TASK_ID nor " +
      "JOB_COMPLETION_INDEX; write --shard 1/8, 2/8, … instead",
  );
}

function within(shard: Shard, name: string, remedy: string): Shard {
  if (shard.index >= 1 && shard.index <= shard.count) return shard;
  throw new ArgumentError(`${name} must be that of one of ${shard.count} shards, got shard ${shard.index}; ${remedy}`);
}

function wholeNumber(environment: Environment, name: string): number {
  const text = environment[name] ?? "";
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new ArgumentError(`${name} must be an integer of at least 0 for --shard auto, got "${text}"`);
}

function partition<Item>(items: readonly Item[], isFirst: (item: Item) => boolean): readonly [Item[], Item[]] {
  const first: Item[] = [];
  const second: Item[] = [];
  for (const item of items) (isFirst(item) ? first : second).push(item);
  return [first, second];
}
