import { appendFileSync, existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { ToldPoint } from "./progress-lines.ts";

/** What the trainer told after each epoch; the trial's folder keeps it for a run that goes on. */
const toldName = "epochs.jsonl";
const historyName = "history.jsonl";

/** The epochs that an earlier process of this trial told of, in order. */
export function toldEpochs(folder: string): readonly ToldPoint[] {
  const path = join(folder, toldName);
  if (!existsSync(path)) return [];
  const points = new Map<number, ToldPoint>();
  for (const line of readFileSync(path, "utf8").split("\n")) {
    const point = readPoint(line);
    // A run that went back to an earlier checkpoint tells an epoch again.
    if (point !== null) points.set(point.epoch, point);
  }
  return [...points.values()].sort((a, b) => a.epoch - b.epoch);
}

export function keepEpoch(folder: string, point: ToldPoint): void {
  appendFileSync(join(folder, toldName), `${JSON.stringify(point)}\n`);
}

/** Makes `history.jsonl` of the epochs told, unless the trainer has left one of its own or told of none. */
export function writeHistory(folder: string): void {
  const points = toldEpochs(folder);
  if (points.length > 0 && !existsSync(join(folder, historyName))) {
    writeFileSync(join(folder, historyName), points.map((point) => `${JSON.stringify(point)}\n`).join(""));
  }
  rmSync(join(folder, toldName), { force: true });
}

/** `null` for the line that a killed process left half-written. */
function readPoint(line: string): ToldPoint | null {
  try {
    return JSON.parse(line) as ToldPoint;
  } catch {
    return null;
  }
}
