import { performance } from "node:perf_hooks";
import type { Random } from "../../../../src/data/random.ts";
import { hasEnded, type Player, type Stage } from "./chaos-cast.ts";
import type { Blow, FatalMoment } from "./chaos-deck.ts";
import { chaosTrials } from "./chaos-experiment.ts";
import { type Witness, watchTrials } from "./chaos-witness.ts";
import type { TestServer } from "./start-server.ts";

/** An experiment under way, and what has happened to it. */
export interface Scene {
  readonly stage: Stage;
  readonly server: TestServer;
  readonly random: Random;
  /** Everyone who ever played. */
  readonly players: Player[];
  readonly witness: Witness;
  readonly counts: Record<Blow | FatalMoment, number>;
  /** What must not happen and did. */
  readonly problems: string[];
  /** Whether trials are still to come, and time to wait for them. */
  goesOn(): boolean;
  /** Whether the time that it may take has not run out. */
  inTime(): boolean;
  count(what: Blow | FatalMoment): void;
  note(line: string): void;
}

export function openScene(
  given: Pick<Scene, "stage" | "server" | "random">,
  { limitMs, onLine = () => {} }: { limitMs: number; onLine?: ((line: string) => void) | undefined },
): Scene {
  const began = performance.now();
  const witness = watchTrials(given.stage.out);
  const counts: Scene["counts"] = {
    "before a trial": 0,
    "between result and acknowledgement": 0,
    "after a trial": 0,
    "kill a worker": 0,
    "kill a worker and its trial": 0,
    "kill a trial": 0,
    "stop a worker": 0,
    "stop a worker and its trial": 0,
    "kill the server": 0,
    "kill a submitter": 0,
    "start a second submitter": 0,
  };
  const inTime = (): boolean => performance.now() - began < limitMs;
  const note = (line: string): void => {
    onLine(`${((performance.now() - began) / 1000).toFixed(2)} s, ${witness.look()} results: ${line}`);
  };
  return {
    ...given,
    players: [],
    witness,
    counts,
    problems: [],
    inTime,
    goesOn: () => inTime() && witness.look() < chaosTrials.length,
    note,
    count(what) {
      counts[what]++;
      note(what);
    },
  };
}

export function living({ players }: Scene, role: Player["role"]): readonly Player[] {
  return players.filter((player) => player.role === role && !hasEnded(player));
}
