import { createHash } from "node:crypto";
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";

/** One process, told apart from a later one that was given the same number. */
export interface ProcessIdentity {
  readonly pid: number;
  /** When the process started, in ticks since boot; `null` where the system does not say (outside Linux). */
  readonly started: string | null;
  /** The machine, and on Linux the process namespace, in which `pid` means something. */
  readonly place: string;
}

export function processIdentity(pid: number = process.pid): ProcessIdentity {
  return { pid, started: startTime(pid), place: place() };
}

/**
 * Whether that process still runs; `null` when it belongs to another machine or container and cannot be asked.
 */
export function isAlive(identity: ProcessIdentity): boolean | null {
  if (identity.place !== place()) return null;
  try {
    process.kill(identity.pid, 0);
  } catch (error) {
    // EPERM: it lives, under another user.
    if ((error as NodeJS.ErrnoException).code !== "EPERM") return false;
  }
  if (isZombie(identity.pid)) return false;
  return identity.started === null || startTime(identity.pid) === identity.started;
}

/** A place in the 8 characters that a file's name can spare for it. */
export function shortPlace(place: string): string {
  return createHash("sha256").update(place).digest("hex").slice(0, 8);
}

function place(): string {
  return `${hostname()} ${readOr(() => readlinkSync("/proc/self/ns/pid"), "")}`.trim();
}

/** Field 22 of /proc/PID/stat (proc(5)), counted from behind the process name, which may hold spaces. */
function startTime(pid: number): string | null {
  return statusFields(pid)[19] ?? null;
}

/** Killed but not yet collected by its parent: it holds its number and does nothing more. */
function isZombie(pid: number): boolean {
  return statusFields(pid)[0] === "Z";
}

function statusFields(pid: number): readonly string[] {
  const line = readOr(() => readFileSync(`/proc/${pid}/stat`, "utf8"), "");
  return line === "" ? [] : line.slice(line.lastIndexOf(")") + 2).split(" ");
}

function readOr(read: () => string, otherwise: string): string {
  try {
    return read();
  } catch {
    return otherwise;
  }
}
