import { readdirSync, readFileSync } from "node:fs";

/** Living processes whose environment holds `variable=value`: those that a test started, and all that they started. */
export function processesWith(variable: string, value: string): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => read(pid, "environ").split("\0").includes(`${variable}=${value}`) && !isZombie(pid));
}

/** The process that started this one. */
export function parentOf(pid: number): number {
  return Number(statusFields(pid)[1]);
}

function isZombie(pid: number): boolean {
  return statusFields(pid)[0] === "Z";
}

function statusFields(pid: number): readonly string[] {
  const line = read(pid, "stat");
  return line.slice(line.lastIndexOf(")") + 2).split(" ");
}

/** Empty when the process is gone or another user's. */
function read(pid: number, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
  } catch {
    return "";
  }
}
