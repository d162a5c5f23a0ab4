import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { missingParts } from "../../../../../test/optional-parts/optional-parts.ts";
import { buildPrograms } from "./support/build-programs.js";
import { runChaos, runUndisturbed } from "./support/chaos.ts";

/** Change it to strike at other moments; `npm run bench -- chaos` goes through twenty. */
const seed = 1;

/** Several times what it takes, for a machine that has other things to do. */
const limitMs = 120_000;

const servers = [
  ["redis", "[needs linux, redis]"],
  ["postgresql", "[needs linux, postgresql]"],
] as const;

describe.each(servers)("sixty trials on four workers through %s %s", (server, needed) => {
  const isMissing = missingParts(needed)?.length;
  let programs: URL;
  let undisturbed: string;

  beforeAll(async () => {
    if (isMissing) return;
    const folder = mkdtempSync(join(tmpdir(), "softlabel-undisturbed-"));
    programs = await buildPrograms(join(folder, "programs"));
    undisturbed = await runUndisturbed(programs, join(folder, "out"));
    return () => rmSync(folder, { recursive: true });
  });

  test.skipIf(isMissing)(
    "end in the results of an undisturbed run, whatever is killed, stopped and started again",
    async () => {
      const report = await runChaos({ programs, server, seed, undisturbed, limitMs });
      const { begunAgain, trainedAgain, seconds, counts } = report;
      const what = Object.entries(counts).map(([blow, times]) => `${blow} ${times}×`);
      console.log(
        `${server}, ${seconds.toFixed(1)} s: ${what.join(", ")}; of ${report.trials} trials ${begunAgain} were begun ` +
          `more than once and ${trainedAgain} carried out to the end more than once`,
      );
      expect(report.problems).toEqual([]);
      expect(Object.entries(counts).filter(([, times]) => times === 0)).toEqual([]);
    },
    limitMs + 60_000,
  );
});
