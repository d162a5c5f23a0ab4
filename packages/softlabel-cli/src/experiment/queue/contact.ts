import { setTimeout as delay } from "node:timers/promises";
import type { BullQueue } from "./connect.ts";
import type { QueueServer } from "./server-url.ts";

/** Asking a server that may be gone for a while. */
export interface Contact {
  /**
   * Makes of a question one that may be asked at any time: its answer, or `null` when there is none in time. A
   * connection to Redis keeps a question until it can be put, so that the same is never put twice at once.
   */
  readonly asking: <Answer extends object>(question: () => Promise<Answer>) => () => Promise<Answer | null>;
}

export interface ContactOptions {
  readonly server: QueueServer;
  /** For one answer. */
  readonly answerMs: number;
  /** Hears, without credentials, why there is no answer, when there was one before; `null` when there is again. */
  readonly onTrouble: (what: string | null) => void;
}

export function createContact(queue: BullQueue, { server, answerMs, onTrouble }: ContactOptions): Contact {
  let isAway = false;
  let trouble = "no answer";
  queue.on("error", ({ message }) => {
    trouble = server.redact(message) || trouble;
  });
  return {
    asking<Answer extends object>(question: () => Promise<Answer>) {
      let asked: Promise<Answer> | null = null;
      return async () => {
        asked ??= question();
        const late = new AbortController();
        const answer = await Promise.race([
          asked.catch(({ message }: Error) => {
            trouble = server.redact(message) || trouble;
            return "failed" as const;
          }),
          delay(answerMs, "late" as const, { signal: late.signal }).catch(() => "late" as const),
        ]);
        late.abort();
        if (answer !== "late") asked = null;
        const hasAnswered = typeof answer === "object";
        if (isAway === hasAnswered) onTrouble(hasAnswered ? null : trouble);
        isAway = !hasAnswered;
        return hasAnswered ? answer : null;
      };
    },
  };
}
