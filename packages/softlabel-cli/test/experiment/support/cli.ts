import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

const bin = fileURLToPath(new URL("../../../bin/softlabel.js", import.meta.url));

export interface CliProcess {
  readonly process: ChildProcess;
  /** When it and its output have ended. */
  readonly ended: Promise<CliOutcome>;
}

export interface CliOutcome {
  /** `null` when a signal ended it. */
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Starts the built command line, in a process group of its own. */
export function startCli(args: readonly string[], env: Readonly<Record<string, string>> = {}): CliProcess {
  const child = spawn(process.execPath, [bin, ...args], {
    env: { ...process.env, ...env },
    detached: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
  });
  // "exit", not "close": children of a killed parent hold its output a moment longer.
  const ended = once(child, "exit").then(async ([code]) => {
    if (code !== null && !(child.stdout.closed && child.stderr.closed)) await once(child, "close");
    return { code, stdout, stderr };
  });
  return { process: child, ended };
}

/** Runs the built command line to its end. */
export function runCli(args: readonly string[]): Promise<CliOutcome> {
  return startCli(args).ended;
}
