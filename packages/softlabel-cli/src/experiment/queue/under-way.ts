import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { isAlive, processIdentity } from "../process-identity.ts";

/** A trial that somebody carries out; `null` for what nobody tells. */
export interface UnderWay {
  readonly host: string | null;
  readonly pid: number | null;
  /** ISO 8601, UTC. */
  readonly startedAt: string | null;
  readonly step: number | null;
  readonly totalSteps: number | null;
  /** The last that ended. */
  readonly epoch: number | null;
  /** Since it last told how far it is, by this machine's clock. */
  readonly silentSeconds: number | null;
}

/**
 * Trial → who carries it out, as the folders tell that trials work in. What a dead process of this machine left is not
 * under way; whether another machine's process lives, only its silence tells.
 *
 * @param names - of what lies in `trials/`.
 */
export function underWayIn(experiment: string, names: ReadonlySet<string>): ReadonlyMap<string, UnderWay> {
  const found = new Map<string, UnderWay>();
  for (const name of names) {
    const [, id, pid, started] = /^\.([0-9a-f]+)\.(\d+)-(\d*)(?:-[0-9a-f]{8})?$/.exec(name) ?? [];
    if (id === undefined) continue;
    const told = readProgress(join(experiment, "trials", name));
    const { place } = processIdentity();
    const isHere = told === null || told.host === place.split(" ")[0];
    if (isHere && isAlive({ pid: Number(pid), started: started === "" ? null : started, place }) === false) continue;
    found.set(id, told ?? { ...unknown, pid: Number(pid) });
  }
  return found;
}

const unknown: UnderWay = {
  host: null,
  pid: null,
  startedAt: null,
  step: null,
  totalSteps: null,
  epoch: null,
  silentSeconds: null,
};

const schema = z.object({
  host: z.string(),
  pid: z.number(),
  startedAt: z.string(),
  step: z.number(),
  totalSteps: z.number(),
  epoch: z.number().nullable().default(null),
});

/** What the trial's own process tells; `null` when it has told nothing yet, or has ended meanwhile. */
function readProgress(folder: string): UnderWay | null {
  const path = join(folder, "progress.json");
  try {
    const told = schema.parse(JSON.parse(readFileSync(path, "utf8")));
    return { ...told, silentSeconds: Math.max(0, (Date.now() - statSync(path).mtimeMs) / 1000) };
  } catch {
    return null;
  }
}
