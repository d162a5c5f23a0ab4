import { type ChildProcess, execFileSync } from "node:child_process";
import { chownSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { postgresqlPrograms } from "../../../../../../test/optional-parts/optional-parts.ts";
import { allGone, childrenOf, signalProcess } from "./process-table.ts";
import { serverFolder } from "./server-folder.ts";
import { asUser, endProcess, freePort, startServerProcess, versionOf } from "./server-process.ts";
import type { ServerOptions, TestServer } from "./start-server.ts";

const role = "softlabel";
/** PostgreSQL refuses to run as root; Debian's package makes this user. */
const user = process.getuid?.() === 0 ? "postgres" : undefined;

/** PostgreSQL that asks for a password, on a cluster of its own. */
export async function startPostgresql({ password }: ServerOptions): Promise<TestServer> {
  const programs = postgresqlPrograms();
  if (programs === null) throw new Error("postgresql must be installed: apt-get install postgresql");
  const folder = serverFolder("postgresql");
  makeCluster(programs, folder.path, password);
  const port = await freePort();
  const words = [
    ...["-D", join(folder.path, "data"), "-p", `${port}`, "-h", "127.0.0.1", "-k", ""],
    // The system outlives a killed process, and with it what the process wrote: waiting for the disk gains nothing.
    ...["-c", "fsync=off", "-c", "max_connections=200"],
  ];
  const program = { program: join(programs, "postgres"), words, ready: /ready to accept connections/, user };

  let running: ChildProcess = await startServerProcess(program);
  const kill = async (): Promise<void> => {
    const backends = childrenOf(running.pid as number);
    await endProcess(running, "SIGKILL");
    for (const pid of backends) signalProcess(pid, "SIGKILL");
    // Until then the next server finds its memory in use.
    await allGone(backends);
  };
  return {
    kind: "postgresql",
    version: versionOf(program.program),
    url: `postgres://${role}:${encodeURIComponent(password)}@127.0.0.1:${port}/postgres`,
    password,
    folder: folder.path,
    kill,
    start: async () => {
      running = await startServerProcess(program);
    },
    stop: async () => {
      await kill();
      folder.remove();
    },
  };
}

function makeCluster(programs: string, folder: string, password: string): void {
  const passwordFile = join(folder, "password");
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (user !== undefined) {
    for (const path of [folder, passwordFile]) chownSync(path, idOf("-u"), idOf("-g"));
  }
  const words = [
    ...["-D", join(folder, "data"), "-U", role, "--pwfile", passwordFile, "-A", "scram-sha-256"],
    ...["--locale", "C", "--encoding", "UTF8", "--no-sync", "--no-instructions"],
  ];
  execFileSync("setpriv", [...asUser(user), "--", join(programs, "initdb"), ...words], { cwd: folder, stdio: "pipe" });
}

/** The number of PostgreSQL's user (`-u`) or of its group (`-g`). */
function idOf(which: "-u" | "-g"): number {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}
