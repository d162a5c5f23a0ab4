import {
  createPostgresBackend,
  type Job,
  type PostgresConnectionOptions,
  type PostgresQueueBackend,
  type Processor,
  Queue,
  Worker,
  withBackend,
} from "bullmq";
import { Client } from "pg";
import type { QueueServer } from "./server-url.ts";
import type { TrialJob } from "./trial-schema.ts";

/** Jobs of trials in one queue; `data` is believed by nobody before it is checked. */
export type BullQueue = Queue<TrialJob, null, typeof jobName>;
export type BullWorker = Worker<TrialJob, null, typeof jobName>;
export type BullJob = Job<TrialJob, null, typeof jobName>;
export type BullProcessor = Processor<TrialJob, null, typeof jobName>;

export const jobName = "trial";

export interface WorkerTimes {
  /** Jobs at the same time. */
  readonly concurrency: number;
  /** A worker that has not been heard of for so long has lost its job. */
  readonly lockMs: number;
  /** How often lost jobs are looked for. */
  readonly stalledCheckMs: number;
  /** How often a job may be lost before it counts as one that kills its workers. */
  readonly mostLosses: number;
  /** Before a server that is gone is asked again. */
  readonly retryMs: number;
}

/**
 * A connection to one queue, for who adds and looks.
 *
 * @param onTrouble - hears of every error, without credentials; the connection is made again by itself.
 */
export function openQueue(server: QueueServer, name: string, onTrouble: (what: string) => void): BullQueue {
  const queue =
    server.kind === "redis"
      ? new Queue(name, { connection: redisConnection(server) })
      : (new postgresql.Queue(name, { connection: postgresConnection(server) }) as unknown as BullQueue);
  queue.on("error", (error) => onTrouble(server.redact(error.message)));
  return queue as BullQueue;
}

/**
 * A connection that carries jobs out as soon as it is told to run.
 *
 * @param onTrouble - hears of every error, without credentials; the connection is made again by itself.
 */
export function openWorker(
  server: QueueServer,
  name: string,
  { process, times, host, onTrouble }: WorkerHost,
): BullWorker {
  const options = {
    name: host,
    autorun: false,
    concurrency: times.concurrency,
    lockDuration: times.lockMs,
    stalledInterval: times.stalledCheckMs,
    maxStalledCount: times.mostLosses,
    runRetryDelay: times.retryMs,
  };
  const worker =
    server.kind === "redis"
      ? new Worker(name, process, { ...options, connection: redisConnection(server) })
      : (new postgresql.Worker(name, process, {
          ...options,
          connection: postgresConnection(server),
        }) as unknown as BullWorker);
  worker.on("error", (error) => onTrouble(server.redact(error.message)));
  return worker as BullWorker;
}

export interface WorkerHost {
  readonly process: BullProcessor;
  readonly times: WorkerTimes;
  /** Whom the server names as the one who carries a job out. */
  readonly host: string;
  readonly onTrouble: (what: string) => void;
}

/** BullMQ takes the class of the pool's connections as an option, and makes the one that it listens on itself. */
const postgresql = withBackend<PostgresQueueBackend, PostgresConnectionOptions>((name, options, more) => {
  const backend = createPostgresBackend(name, options, more);
  const { connection } = backend as unknown as { readonly connection: object };
  return Object.assign(backend, { connection: Object.assign(connection, { pgModule: { Client: HeardClient } }) });
});

function redisConnection({ url }: QueueServer): { url: string; maxRetriesPerRequest: null } {
  return { url, maxRetriesPerRequest: null };
}

/** The tables are made by whoever comes first. */
function postgresConnection({ url }: QueueServer): PostgresConnection {
  return { connectionString: url, max: 2, migrate: true, connectionTimeoutMillis: 10_000, Client: HeardClient };
}

/**
 * A connection whose end is nobody's exception: between two queries of one transaction, and while BullMQ opens or closes
 * the connection that it listens on, nobody hears it, and an error that nobody hears ends the process. The query that
 * follows fails all the same.
 */
class HeardClient extends Client {
  override emit(event: string | symbol, ...rest: unknown[]): boolean {
    if (event === "error" && this.listenerCount("error") === 0) return false;
    return super.emit(event as "error", ...(rest as [Error]));
  }
}

/** A type, not an interface: what BullMQ takes may have further keys. */
type PostgresConnection = {
  readonly connectionString: string;
  /** Connections at most. */
  readonly max: number;
  readonly migrate: boolean;
  readonly connectionTimeoutMillis: number;
  readonly Client: typeof Client;
};
