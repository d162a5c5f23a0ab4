import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { createInterface } from "node:readline";

/** A program that serves until it is told to end. */
export interface ServerProgram {
  readonly program: string;
  readonly words: readonly string[];
  /** What it writes when it takes connections. */
  readonly ready: RegExp;
  /** Whom it runs as; this process's user when left out. */
  readonly user?: string | undefined;
}

/**
 * Starts a server and waits until it takes connections.
 *
 * It cannot outlive this process, however that ends: the system kills it then (prctl(2), PR_SET_PDEATHSIG).
 * @throws Error with what it wrote when it ends before it is ready.
 */
export async function startServerProcess({ program, words, ready, user }: ServerProgram): Promise<ChildProcess> {
  const child = spawn("setpriv", ["--pdeathsig", "KILL", ...asUser(user), "--", program, ...words], {
    stdio: ["ignore", "pipe", "pipe"],
    // Its messages are matched: in English.
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  const written: string[] = [];
  const isReady = new Promise<true>((resolve) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        written.push(line);
        if (ready.test(line)) resolve(true);
      });
    }
  });
  const started = await Promise.race([isReady, once(child, "close").then(() => false)]);
  if (!started) throw new Error(`${program} ended before it was ready:\n${written.join("\n")}`);
  return child;
}

/** What a program says of itself: the first number with a point in it. */
export function versionOf(program: string): string {
  const [version = "unknown"] = /\d+\.[\d.]*\d/.exec(execFileSync(program, ["--version"], { encoding: "utf8" })) ?? [];
  return version;
}

/** Ends a process by `signal` and waits until it is gone. */
export async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, "exit");
  child.kill(signal);
  await gone;
}

/** A port of the loopback interface that nobody listens on. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error(`the probe has no port, got ${address}`);
  return address.port;
}

/** The words before a command that make it another user's. */
export function asUser(user: string | undefined): readonly string[] {
  return user === undefined ? [] : ["--reuid", user, "--regid", user, "--init-groups"];
}
