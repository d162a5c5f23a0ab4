import { existsSync } from "node:fs";
import { Redis } from "ioredis";
import { Client } from "pg";
import { describe, expect, onTestFinished, test } from "vitest";
import { missingParts } from "../../../../../test/optional-parts/optional-parts.ts";
import { type ServerKind, startServer, type TestServer } from "./support/start-server.ts";

/** One value kept under a name, in either server. */
interface Store {
  put(value: string): Promise<unknown>;
  get(): Promise<string | null>;
  close(): Promise<unknown>;
}

const open: Readonly<Record<ServerKind, (url: string) => Promise<Store>>> = {
  async redis(url) {
    const redis = new Redis(url, { retryStrategy: () => null, maxRetriesPerRequest: 0 });
    redis.on("error", () => {});
    await redis.ping();
    return {
      put: (value) => redis.set("kept", value),
      get: () => redis.get("kept"),
      close: async () => redis.disconnect(),
    };
  },
  async postgresql(url) {
    const client = new Client(url);
    client.on("error", () => {});
    await client.connect();
    await client.query("create table if not exists kept (value text)");
    return {
      put: (value) => client.query("insert into kept values ($1)", [value]),
      get: async () => (await client.query("select value from kept")).rows[0]?.value ?? null,
      close: () => client.end(),
    };
  },
};

const withoutPassword = (url: string): string => url.replace(/:[^:@]*@/, ":wrong@");

describe.each(["redis", "postgresql"] as const)("a test's own %s", (kind) => {
  const title = `keeps what it was told over a kill and a start, refuses another password, and is gone [needs linux, ${kind}]`;
  test.skipIf(missingParts(title)?.length)(title, async () => {
    const server: TestServer = await startServer(kind, { appendfsync: "always" });
    onTestFinished(() => server.stop());
    const before = await open[kind](server.url);
    await before.put("here");
    await server.kill();
    await expect(open[kind](server.url)).rejects.toThrow();
    await server.start();
    const after = await open[kind](server.url);
    expect(await after.get()).toBe("here");
    await after.close();
    await expect(open[kind](withoutPassword(server.url))).rejects.toThrow(/password/i);
    await server.stop();
    await expect(open[kind](server.url)).rejects.toThrow();
    expect(existsSync(server.folder)).toBe(false);
  });
});
