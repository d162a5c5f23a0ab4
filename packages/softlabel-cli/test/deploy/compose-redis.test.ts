import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, describe, expect, test } from "vitest";
import { missingParts } from "../../../../test/optional-parts/optional-parts.ts";
import { documentsOf, valuesOf } from "./support/manifests.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-compose-redis-"));
afterAll(() => rmSync(folder, { recursive: true }));

const [redis] = valuesOf(documentsOf("compose.yaml"), "redis") as readonly [
  { readonly command: readonly [string, string, string]; readonly healthcheck: { readonly test: readonly string[] } },
];
const secret = join(folder, "queue-password");
const settings = join(folder, "redis.conf");
/** A line of the file as the container's shell gets it, with the container's paths in a folder of this machine. */
const inFolder = (line: string): string =>
  line.replaceAll("$$", "$").replaceAll("/run/secrets/queue-password", secret).replaceAll("/tmp/redis.conf", settings);

/** What the container has besides: its own port and user, which this machine need not have free. */
function writeStandIns(port: number): string {
  const programs = {
    chown: "exit 0",
    "docker-entrypoint.sh": `exec "$@" --port ${port} --bind 127.0.0.1 --dir "${folder}"`,
    "redis-cli": `exec "$(PATH=\${PATH#*:} command -v redis-cli)" -p ${port} "$@"`,
  };
  for (const [name, line] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  return `${folder}:${process.env.PATH}`;
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  return typeof address === "object" && address !== null ? address.port : expect.fail("the probe has no port");
}

describe("the Redis of compose.yaml", () => {
  const title = "asks for the secret's password, is healthy with it, and shows it to nobody [needs linux, redis]";
  test.skipIf(missingParts(title)?.length)(title, async () => {
    const PATH = writeStandIns(await freePort());
    writeFileSync(secret, "4f1d9c0b");
    const [shell, flag, script] = redis.command;
    const server = spawn(shell, [flag, inFolder(script)], {
      env: { PATH, LC_ALL: "C" },
      stdio: ["ignore", "pipe", "pipe"],
    });
    try {
      for await (const line of createInterface({ input: server.stdout })) {
        if (line.includes("Ready to accept connections")) break;
      }
      const [form, probe = ""] = redis.healthcheck.test;
      expect(form).toBe("CMD-SHELL");
      const health = (): number | null => spawnSync("sh", ["-c", inFolder(probe)], { env: { PATH } }).status;
      expect(health()).toBe(0);
      // The shell has become the server.
      const line = readFileSync(`/proc/${server.pid}/cmdline`, "utf8");
      expect(line).toContain("redis-server");
      expect(line).not.toContain("4f1d9c0b");
      writeFileSync(secret, "another");
      expect(health()).not.toBe(0);
    } finally {
      server.kill("SIGKILL");
      await once(server, "exit");
    }
  });
});
