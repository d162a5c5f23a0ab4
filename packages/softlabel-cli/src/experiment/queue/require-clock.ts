import { setTimeout as delay } from "node:timers/promises";
import { Client } from "pg";
import { DisagreementError } from "./agree.ts";
import { type Patience, QueueUnreachableError } from "./ready-in-time.ts";
import type { QueueServer } from "./server-url.ts";

/** How far a worker's clock may be from the server's: well within the half of a lock that is always left. */
export const mostClockMs = 10_000;

/**
 * Makes sure that this machine's clock is PostgreSQL's. There a lock ends by the clock of whoever looks, so that a
 * worker whose clock is fast would take trials away from those who carry them out. Redis has but its own clock.
 *
 * @param now - this machine's clock, milliseconds since 1970.
 * @throws {@link DisagreementError} with the difference; {@link QueueUnreachableError} when the server does not answer.
 */
export async function requireClock(
  server: QueueServer,
  { patienceMs, retryMs, signal }: Patience,
  now: () => number = Date.now,
): Promise<void> {
  if (server.kind !== "postgresql") return;
  for (const deadline = performance.now() + patienceMs; !signal?.aborted; ) {
    try {
      const aheadMs = await clockAhead(server, now);
      if (Math.abs(aheadMs) <= mostClockMs) return;
      throw new DisagreementError(
        `this machine's clock must be the server's to ${mostClockMs / 1000} s, got ${Math.round(aheadMs / 1000)} s ahead of it; ` +
          "have both synchronised (NTP)",
      );
    } catch (error) {
      if (error instanceof DisagreementError) throw error;
      if (performance.now() + retryMs > deadline) {
        throw new QueueUnreachableError(
          `the queue's server at ${server.shown} must tell the time, got "${server.redact((error as Error).message)}"`,
        );
      }
      await delay(retryMs, undefined, { signal }).catch(() => {});
    }
  }
}

/** This clock − the server's, in milliseconds; the way there and back is taken to be equally long. */
async function clockAhead({ url }: QueueServer, now: () => number): Promise<number> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  client.on("error", () => {});
  try {
    await client.connect();
    const asked = now();
    const { rows } = await client.query("select extract(epoch from clock_timestamp()) * 1000 as ms");
    return (asked + now()) / 2 - Number(rows[0].ms);
  } finally {
    await client.end().catch(() => {});
  }
}
