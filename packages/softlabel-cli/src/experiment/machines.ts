import { readRecord } from "./trial-store.ts";
import type { Trial } from "./trials.ts";

/** Host → how many of the trials it carried out, by name; trials that do not say where they were are left out. */
export function machinesOf(experiment: string, trials: readonly Trial[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { id } of trials) {
    const host = readRecord(experiment, id)?.machine;
    if (host !== undefined) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}
