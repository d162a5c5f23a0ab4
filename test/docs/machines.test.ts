import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { submitTimes } from "../../packages/softlabel-cli/src/experiment/queue/bull-queue.ts";
import { mostLosses, workTimes } from "../../packages/softlabel-cli/src/experiment/queue/bull-worker.ts";
import { attempts } from "../../packages/softlabel-cli/src/experiment/queue/offers.ts";
import { mostClockMs } from "../../packages/softlabel-cli/src/experiment/queue/require-clock.ts";
import { parseServerUrl } from "../../packages/softlabel-cli/src/experiment/queue/server-url.ts";
import { root } from "../house/imports.ts";

const text = readFileSync(join(root, "docs/machines.md"), "utf8").replaceAll(/\s+/g, " ");
const words = ["none", "one", "two", "three", "four", "five"];

describe("docs/machines.md", () => {
  it("says how long a lost worker is waited for, and how often a trial is tried", () => {
    expect(text).toContain(`after ${workTimes.lockMs / 1000} s without a sign of life`);
    expect(text).toContain(`which is looked for every ${workTimes.stalledCheckMs / 1000} s`);
    expect(text).toContain(`a trial's workers crash ${words[mostLosses + 1]} times`);
    expect(text).toContain(`it is tried ${words[attempts]} times in all, ${submitTimes.backoffMs / 1000} s apart`);
    expect(text).toContain(`within \`--wait\` (${workTimes.patienceMs / 1000} s)`);
    expect(text).toContain(`with PostgreSQL, to ${mostClockMs / 1000} s`);
  });

  it("shows servers that are known", () => {
    const shown = [...text.matchAll(/\b(\w+:\/\/)(?:\S+@)?queue-host/g)].map(([url]) => parseServerUrl(url).kind);
    expect(shown).toEqual(["redis", "redis"]);
    for (const scheme of ["redis", "rediss", "valkey", "valkeys", "postgres", "postgresql"]) {
      expect(text).toContain(`${scheme}://`);
      expect(() => parseServerUrl(`${scheme}://host/0`)).not.toThrow();
    }
  });

  it("writes each character of a password that a URL cannot hold as it must be", () => {
    for (const character of ["/", "?", "#", "@"]) expect(text).toContain(encodeURIComponent(character));
  });
});
