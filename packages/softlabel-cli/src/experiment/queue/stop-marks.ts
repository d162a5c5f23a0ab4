import { existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/*
 * Who decides that a trial is to stop early and who carries it out may be on different machines: the decision lies as
 * an empty file in the experiment's folder, which both see.
 */

export function markStopped(experiment: string, id: string): void {
  mkdirSync(join(experiment, "stopped"), { recursive: true });
  writeFileSync(markOf(experiment, id), "");
}

export function isMarkedStopped(experiment: string, id: string): boolean {
  return existsSync(markOf(experiment, id));
}

export function removeStopMark(experiment: string, id: string): void {
  rmSync(markOf(experiment, id), { force: true });
}

function markOf(experiment: string, id: string): string {
  return join(experiment, "stopped", id);
}
