import { randomUUID } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { missingParts } from "../../../../../test/optional-parts/optional-parts.ts";
import { readQueueFile } from "../../../src/experiment/queue/queue-file.ts";
import { readFinishedTrial } from "../../../src/experiment/trial-store.ts";
import { processesWith } from "../support/processes.ts";
import { buildPrograms } from "./support/build-programs.js";
import { hasEnded, type Player, type Stage, startSubmitter, startWorker } from "./support/chaos-cast.ts";
import { chaosTrials } from "./support/chaos-experiment.ts";
import { signalProcess } from "./support/process-table.ts";
import { startServer } from "./support/start-server.ts";

const trials = chaosTrials.slice(0, 12);

const servers = [
  ["redis", "[needs linux, redis]"],
  ["postgresql", "[needs linux, postgresql]"],
] as const;

describe.each(servers)("a trial on %s %s", (kind, needed) => {
  const isMissing = missingParts(needed)?.length;
  let folder: string;
  let programs: URL;

  beforeAll(async () => {
    if (isMissing) return;
    folder = mkdtempSync(join(tmpdir(), "softlabel-losses-"));
    programs = await buildPrograms(join(folder, "programs"));
    return () => rmSync(folder, { recursive: true });
  });

  test.skipIf(isMissing)(
    "that kills whoever takes it fails by name, and keeps no other from its result",
    async () => {
      const server = await startServer(kind);
      const stage: Stage = {
        programs,
        out: join(folder, "out"),
        trials: trials.length,
        url: server.url,
        lockMs: 400,
        mark: ["SOFTLABEL_LOSSES", randomUUID()],
      };
      onTestFinished(async () => {
        for (const pid of processesWith(...stage.mark)) signalProcess(pid, "SIGKILL");
        await server.stop();
      });
      mkdirSync(stage.out);
      const submitter = startSubmitter(stage);
      while (readQueueFile(stage.out) === null) await delay(10);

      const deadly = trials[7];
      const begin = (): Player => startWorker(stage, { moment: "before a trial", trial: deadly.id });
      let workers = [begin(), begin()];
      let deaths = 0;
      while (!hasEnded(submitter)) {
        await delay(10);
        deaths += workers.filter(hasEnded).length;
        workers = workers.map((worker) => (hasEnded(worker) ? begin() : worker));
      }
      expect(submitter.output()).toContain("trials failed: ε = 0.1 with seed 3; the others are kept");
      // Lost three times, it is offered once more.
      expect(deaths).toBe(4);
      expect(trials.filter(({ id }) => readFinishedTrial(stage.out, id) === null)).toEqual([deadly]);
    },
    120_000,
  );
});
