import { readFileSync } from "node:fs";
import { join } from "node:path";
import { trialFolder } from "./trial-store.ts";
import type { Trial } from "./trials.ts";

/** Host → how many of the trials it carried out, by name; trials that do not say where they were are left out. */
export function machinesOf(experiment: string, trials: readonly Trial[]): Readonly<Record<string, number>> {
  const counts = new Map<string, number>();
  for (const { id } of trials) {
    const host = hostOf(join(trialFolder(experiment, id), "trial.json"));
    if (host !== null) counts.set(host, (counts.get(host) ?? 0) + 1);
  }
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function hostOf(path: string): string | null {
  try {
    const { machine } = JSON.parse(readFileSync(path, "utf8")) as { readonly machine?: unknown };
    return typeof machine === "string" ? machine : null;
  } catch {
    return null;
  }
}
