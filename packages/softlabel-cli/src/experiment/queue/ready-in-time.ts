import { setTimeout as delay } from "node:timers/promises";
import type { QueueServer } from "./server-url.ts";

/** The server of a queue does not answer, or not to us. */
export class QueueUnreachableError extends Error {
  override readonly name: string = "QueueUnreachableError";
}

/** What is made ready: a queue or a worker of BullMQ. */
interface Connection {
  waitUntilReady(): Promise<unknown>;
  close(): Promise<void>;
  disconnect(): Promise<void>;
}

export interface Patience {
  readonly patienceMs: number;
  /** Before a server that is gone is asked again. */
  readonly retryMs: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Opens a connection and waits until its server answers; one that has answered once is made again by itself for ever.
 *
 * @param open - may be called again: a connection to PostgreSQL that has failed at first has failed for good.
 * @returns `null` when the signal was given first.
 * @throws {@link QueueUnreachableError} when it does not in time, or will not ever: a wrong password is told at once.
 */
export async function readyInTime<Of extends Connection>(
  server: QueueServer,
  open: (onTrouble: (what: string) => void) => Of,
  { patienceMs, retryMs, signal }: Patience,
): Promise<Of | null> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { connection, trouble } = await attempt(server, open, deadline - performance.now(), signal);
    if (trouble === null) return connection;
    await closeSoon(connection);
    if (signal?.aborted) return null;
    if (isFinal(trouble) || performance.now() + retryMs > deadline) {
      throw new QueueUnreachableError(
        `the queue's server at ${server.shown} must answer, got "${trouble}"; is it running, and are address and ` +
          "password right?",
      );
    }
    await delay(retryMs, undefined, { signal }).catch(() => {});
  }
}

/** @returns a connection, and what is wrong with it; `null` when it is ready. */
function attempt<Of extends Connection>(
  server: QueueServer,
  open: (onTrouble: (what: string) => void) => Of,
  milliseconds: number,
  signal: AbortSignal | undefined,
): Promise<{ readonly connection: Of; readonly trouble: string | null }> {
  return new Promise((resolve) => {
    let last = "no answer";
    const settle = (trouble: string | null): void => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", onAbort);
      resolve({ connection, trouble });
    };
    const onAbort = (): void => settle("stopped");
    // Redis asks again by itself, also with a password that is wrong: what it says meanwhile is the only answer.
    const connection = open((what) => {
      last = what === "" ? last : what;
      if (isFinal(last)) settle(last);
    });
    const timer = setTimeout(() => settle(last), Math.max(0, milliseconds));
    signal?.addEventListener("abort", onAbort, { once: true });
    connection.waitUntilReady().then(
      () => settle(null),
      (error: Error) => settle(server.redact(error.message) || last),
    );
  });
}

/** Closes a connection in order where its server answers, and otherwise all the same. */
export async function closeSoon(connection: Pick<Connection, "close" | "disconnect">): Promise<void> {
  const timer = new AbortController();
  const late = delay(closingMs, "late" as const, { signal: timer.signal }).catch(() => "late" as const);
  const closed = connection.close().then(
    () => "closed" as const,
    () => "late" as const,
  );
  const first = await Promise.race([closed, late]);
  timer.abort();
  // Not awaited: it waits for a connection that there is not.
  if (first === "late") void Promise.resolve(connection.disconnect()).catch(() => {});
}

const closingMs = 2_000;

/** What no patience mends: credentials, rights, a database that there is not, a certificate. */
function isFinal(trouble: string): boolean {
  return /WRONGPASS|NOAUTH|NOPERM|password|authentication|permission denied|pg_hba|does not exist|certificate|version/i.test(
    trouble,
  );
}
