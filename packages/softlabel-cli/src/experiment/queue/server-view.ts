import { openQueue } from "./connect.ts";
import type { ServerView } from "./experiment-status.ts";
import { lookAt } from "./offers.ts";
import { queueNameOf, readQueueFile } from "./queue-file.ts";
import { closeSoon, readyInTime } from "./ready-in-time.ts";
import type { QueueServer } from "./server-url.ts";

/**
 * Asks a server once what it knows of the experiment in a folder.
 *
 * @returns `null` where the experiment has been offered to no server, or the signal was given first.
 * @throws QueueUnreachableError when it does not answer.
 */
export async function viewServer(
  experiment: string,
  server: QueueServer,
  signal: AbortSignal,
): Promise<ServerView | null> {
  const file = readQueueFile(experiment);
  if (file === null) return null;
  const queue = await readyInTime(server, (onTrouble) => openQueue(server, queueNameOf(file), onTrouble), {
    patienceMs: 10_000,
    retryMs: 500,
    signal,
  });
  if (queue === null) return null;
  try {
    return await lookAt(queue);
  } finally {
    await closeSoon(queue);
  }
}
