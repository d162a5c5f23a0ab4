import { afterEach, describe, expect, it, vi } from "vitest";
import { queueOf } from "../../src/commands/queue-options.ts";

afterEach(() => vi.unstubAllEnvs());

const notes = { write: () => {} };

describe("queueOf", () => {
  it("is this process where nothing is said, whatever the environment names", async () => {
    vi.stubEnv("SOFTLABEL_QUEUE", "redis://host");
    expect(await queueOf({}, 2, notes)).toMatchObject({ name: "local", shared: false });
  });

  it("is a share, a server that is named, or the one of the environment", async () => {
    expect(await queueOf({ shard: "3/8" }, 2, notes)).toMatchObject({ name: "shard 3/8", shared: true });
    expect(await queueOf({ queue: "redis://host" }, 2, notes)).toMatchObject({ name: "redis", shared: true });
    vi.stubEnv("SOFTLABEL_QUEUE", "postgres://host/trials");
    expect(await queueOf({ queue: true }, 2, notes)).toMatchObject({ name: "postgresql", shared: true });
  });

  it("is not both, and no server that nobody names", async () => {
    await expect(queueOf({ queue: "redis://host", shard: "1/2" }, 2, notes)).rejects.toThrow(
      "--shard must come without --queue: shares need no server, and workers take what there is",
    );
    vi.stubEnv("SOFTLABEL_QUEUE", "");
    await expect(queueOf({ queue: true }, 2, notes)).rejects.toThrow("--queue must name a server");
  });
});
