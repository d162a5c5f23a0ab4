import { readdirSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** The living children of a process. */
export function childrenOf(parent: number): readonly number[] {
  return everyProcess().filter((pid) => {
    const [state, of] = statusFields(pid);
    return Number(of) === parent && state !== "Z";
  });
}

/** All that a process started and that they started in turn, nearest first. */
export function descendantsOf(ancestor: number): readonly number[] {
  const children = childrenOf(ancestor);
  return [...children, ...children.flatMap(descendantsOf)];
}

/** Sends a signal to a process that may be gone already. @returns whether it was there. */
export function signalProcess(pid: number, signal: NodeJS.Signals): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
    return false;
  }
}

/** Ends when none of the processes runs any more. */
export async function allGone(pids: readonly number[]): Promise<void> {
  while (pids.some((pid) => isRunning(pid))) await delay(pollMs);
}

const pollMs = 5;

function isRunning(pid: number): boolean {
  const [state] = statusFields(pid);
  return state !== undefined && state !== "Z";
}

function everyProcess(): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number);
}

/** The fields of /proc/PID/stat (proc(5)) from the third on: state, parent, …; none when the process is gone. */
function statusFields(pid: number): readonly string[] {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ");
  } catch {
    return [];
  }
}
