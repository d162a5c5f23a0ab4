import { type Random, shuffledIndices } from "../../../../src/data/random.ts";

/** When a worker kills itself, by SIGKILL: the moments that no one from outside can hit. */
export type FatalMoment =
  /** It has a trial and has not begun it. */
  | "before a trial"
  /** The result is in its place, and the queue does not know. */
  | "between result and acknowledgement"
  /** The queue knows. */
  | "after a trial";

/** What a worker is born with: at its `turn`-th trial, counted from 1, or at the trial of that id, it dies. */
export type Fate = { readonly moment: FatalMoment } & ({ readonly turn: number } | { readonly trial: string });

/** What comes from outside. */
export type Blow =
  /** During a trial, whose process goes on alone. */
  | "kill a worker"
  | "kill a worker and its trial"
  | "kill a trial"
  /** For longer than its lock; its trial goes on. */
  | "stop a worker"
  | "stop a worker and its trial"
  | "kill the server"
  | "kill a submitter"
  | "start a second submitter";

/** A blow that comes once so many trials have a result, and a moment later. */
export interface PlannedBlow {
  readonly blow: Blow;
  readonly finished: number;
  readonly afterMs: number;
}

const fates: readonly FatalMoment[] = [
  "before a trial",
  "before a trial",
  "between result and acknowledgement",
  "between result and acknowledgement",
  "after a trial",
];

const blows: readonly Blow[] = [
  "kill a worker",
  "kill a worker",
  "kill a worker and its trial",
  "kill a trial",
  "kill a trial",
  "stop a worker",
  "stop a worker",
  "stop a worker and its trial",
  "stop a worker and its trial",
  "kill the server",
  "kill the server",
  "kill a submitter",
  "kill a submitter",
  "start a second submitter",
];

/** Every moment and every blow at least once, in an order and at times that the random numbers decide. */
export function drawDeck(random: Random, trials: number): { fates: Fate[]; blows: PlannedBlow[] } {
  const shuffled = <Card>(cards: readonly Card[]): Card[] =>
    Array.from(shuffledIndices(cards.length, random), (at) => cards[at]);
  // The last blow falls while a good share of the trials is still to come.
  const share = (0.75 * trials) / blows.length;
  return {
    fates: shuffled(fates).map((moment) => ({ moment, turn: 1 + Math.floor(random() * 2) })),
    blows: shuffled(blows).map((blow, i) => ({
      blow,
      finished: Math.floor((i + random()) * share),
      afterMs: random() * 150,
    })),
  };
}
