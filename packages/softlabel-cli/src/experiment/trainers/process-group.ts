import { type ChildProcess, spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { isAlive, type ProcessIdentity, processIdentity } from "../process-identity.ts";
import { writeAtomically } from "../write-atomically.ts";

/*
 * A trainer runs in a process group of its own, with all that it starts. Its folder says which, for whoever finds the
 * folder; and a guard ends the group when the process that watches over it is gone, however that ended.
 */

/** How long a trainer that is asked to end may write a checkpoint before it is killed. */
export const trainerPatienceMs = 10_000;

/** In a trial's folder while its trainer runs. */
export const processRecordName = "process.json";

/** Its content: the trainer, and who would end it. */
interface ProcessRecord extends ProcessIdentity {
  readonly guard: ProcessIdentity | null;
}

export function recordProcess(folder: string, pid: number, guard: number | null): void {
  const record: ProcessRecord = { ...processIdentity(pid), guard: guard === null ? null : processIdentity(guard) };
  writeAtomically(join(folder, processRecordName), `${JSON.stringify(record)}\n`);
}

/** The trainer that a trial's folder says is at work in it; `null` when none is, or it is another machine's. */
export function trainerAtWork(folder: string): { readonly pid: number; readonly isGuarded: boolean } | null {
  const record = readRecord(join(folder, processRecordName));
  if (record === null || isAlive(record) !== true) return null;
  return { pid: record.pid, isGuarded: record.guard !== null && isAlive(record.guard) === true };
}

/** Sends a signal to a process and all that it started; where there are no groups, to it alone. */
export function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(process.platform === "win32" ? pid : -pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}

/** Ends a group should this process not live to do so; where there is no shell it does nothing. */
export interface GroupGuard {
  /** Its process; `null` where there is none. */
  readonly pid: number | null;
  readonly watch: (pid: number) => void;
  /** The group has ended. */
  readonly release: () => void;
}

/**
 * Starts a guard. It is to be there before the group is, so that no moment is left in which a group has none.
 *
 * It waits at a pipe whose other end only this process holds: the system closes it, however this process dies.
 * @param patienceMs - whole seconds, for a group that does not end when it is asked to.
 */
export function startGuard(patienceMs: number = trainerPatienceMs): GroupGuard {
  if (process.platform === "win32") return { pid: null, watch: () => {}, release: () => {} };
  const guard: ChildProcess = spawn("/bin/sh", ["-c", guardScript(patienceMs / 1000)], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  // It is told of the end through the same pipe, and may be quicker.
  guard.stdin?.on("error", () => {});
  guard.on("error", () => {});
  guard.unref();
  let word = "";
  return {
    pid: guard.pid ?? null,
    watch(pid) {
      guard.stdin?.write(`${pid}\n`);
      word = "ended\n";
    },
    release: () => void guard.stdin?.end(word),
  };
}

const guardScript = (seconds: number): string => `
read -r group || exit 0
read -r ended && exit 0
kill -s TERM -- "-$group" 2>/dev/null || exit 0
for second in ${Array.from({ length: seconds }, (_, i) => i + 1).join(" ")}; do
  sleep 1
  kill -s 0 -- "-$group" 2>/dev/null || exit 0
done
kill -s KILL -- "-$group" 2>/dev/null
`;

function readRecord(path: string): ProcessRecord | null {
  try {
    return JSON.parse(readFileSync(path, "utf8")) as ProcessRecord;
  } catch {
    return null;
  }
}
