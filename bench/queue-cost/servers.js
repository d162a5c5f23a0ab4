// Servers of this bench's own on a free port of the loopback interface, with a folder that is gone with them; both keep
// every job over a crash as their own settings promise it: Redis by its append-only file, at most a second late,
// PostgreSQL at every commit.
import { execFileSync, spawn } from "node:child_process";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** By name: how each server is started. */
export const servers = { redis: startRedis, postgresql: startPostgresql };

async function startRedis() {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-redis-"));
  const port = await freePort();
  const words = ["--bind", "127.0.0.1", "--port", `${port}`, "--dir", folder, "--save", "", "--appendonly", "yes"];
  const child = await started("redis-server", words, /Ready to accept connections/);
  return server(child, folder, `redis://127.0.0.1:${port}`, execFileSync("redis-server", ["--version"]));
}

async function startPostgresql() {
  const home = "/usr/lib/postgresql";
  const version = readdirSync(home).sort((a, b) => Number(b) - Number(a))[0];
  const program = (name) => join(home, version, "bin", name);
  const folder = mkdtempSync(join(tmpdir(), "softlabel-postgresql-"));
  // It refuses to run as root.
  if (process.getuid() === 0) chownSync(folder, idOf("-u"), idOf("-g"));
  const data = join(folder, "data");
  const [command, ...user] = asPostgres();
  execFileSync(command, [...user, program("initdb"), "-D", data, "-A", "trust", "-U", "softlabel"], { cwd: folder });
  const port = await freePort();
  const words = [...user, program("postgres"), "-D", data, "-p", `${port}`, "-h", "127.0.0.1", "-k", ""];
  const child = await started(command, words, /ready to accept connections/);
  const url = `postgres://softlabel@127.0.0.1:${port}/postgres`;
  return server(child, folder, url, execFileSync(program("postgres"), ["--version"]));
}

function server(child, folder, url, version) {
  return {
    url,
    version: `${version}`.trim().replace(/ sha=.*/, ""),
    /** What its processes hold, pages that they share counted once: MiB. */
    memory: () => withChildren(child.pid).reduce((sum, pid) => sum + proportionalMiB(pid), 0),
    /** Its folder: MiB. */
    disk: () => Number(`${execFileSync("du", ["-sk", folder])}`.split("\t")[0]) / 1024,
    async stop() {
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGINT");
      await gone;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** A program that has said that it is ready, and dies with this process. */
async function started(command, words, ready) {
  const all = ["--pdeathsig", "KILL", ...(command === "setpriv" ? [] : ["--", command]), ...words];
  const child = spawn("setpriv", all, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { PATH: process.env.PATH, LC_ALL: "C" },
  });
  const written = [];
  await new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        written.push(line);
        if (ready.test(line)) resolve();
      });
    }
    child.once("error", reject);
    child.once("close", () => reject(new Error(`the server ended before it was ready:\n${written.join("\n")}`)));
  });
  return child;
}

function asPostgres() {
  if (process.getuid() !== 0) return ["setpriv", "--"];
  return ["setpriv", "--reuid", "postgres", "--regid", "postgres", "--init-groups", "--"];
}

function idOf(which) {
  return Number(execFileSync("id", [which, "postgres"], { encoding: "utf8" }));
}

async function freePort() {
  const probe = createServer();
  await new Promise((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const { port } = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  return port;
}

function withChildren(pid) {
  const file = `/proc/${pid}/task/${pid}/children`;
  const children = existsSync(file) ? readFileSync(file, "utf8").trim().split(" ").filter(Boolean).map(Number) : [];
  return [pid, ...children.flatMap(withChildren)];
}

function proportionalMiB(pid) {
  try {
    const [, kibibytes] = /^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"));
    return Number(kibibytes) / 1024;
  } catch {
    // A process that has just ended holds nothing.
    return 0;
  }
}
