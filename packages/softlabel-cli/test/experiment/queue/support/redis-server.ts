import type { ChildProcess } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { serverFolder } from "./server-folder.ts";
import { endProcess, freePort, startServerProcess, versionOf } from "./server-process.ts";
import type { ServerOptions, TestServer } from "./start-server.ts";

/** Redis with an append-only file, so that a killed one goes on where it was. */
export async function startRedis({ appendfsync, password }: ServerOptions): Promise<TestServer> {
  const folder = serverFolder("redis");
  const port = await freePort();
  const settings = join(folder.path, "redis.conf");
  const lines = [
    "bind 127.0.0.1",
    `port ${port}`,
    `dir ${folder.path}`,
    // In the file, not on the command line, where the process list would show it.
    `requirepass "${password}"`,
    "appendonly yes",
    `appendfsync ${appendfsync}`,
    'save ""',
    "maxmemory-policy noeviction",
  ];
  writeFileSync(settings, `${lines.join("\n")}\n`, { mode: 0o600 });
  const start = (): Promise<ChildProcess> =>
    startServerProcess({ program: "redis-server", words: [settings], ready: /Ready to accept connections/ });

  let running = await start();
  return {
    kind: "redis",
    version: versionOf("redis-server"),
    url: `redis://default:${encodeURIComponent(password)}@127.0.0.1:${port}`,
    password,
    folder: folder.path,
    kill: () => endProcess(running, "SIGKILL"),
    start: async () => {
      running = await start();
    },
    stop: async () => {
      await endProcess(running, "SIGKILL");
      folder.remove();
    },
  };
}
