import { mkdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { Output } from "../../src/commands/console.ts";
import { statusCommand } from "../../src/commands/status.ts";
import { noteFailures } from "../../src/experiment/queue/failure-notes.ts";
import { writePlanFile } from "../../src/experiment/queue/plan-file.ts";
import { trialFolder } from "../../src/experiment/trial-store.ts";
import { fakeTrials } from "../experiment/queue/support/fake-experiment.ts";
import { temporaryFolder } from "../experiment/support/worker.ts";

const [first, second, third] = fakeTrials(2);

function folderOfThree(): string {
  const folder = temporaryFolder();
  writePlanFile(folder, "ended", [first, second, third]);
  mkdirSync(trialFolder(folder, first.id), { recursive: true });
  noteFailures(folder, { type: "failed", trial: third, reason: "the loss is NaN" });
  return folder;
}

async function status(...words: readonly string[]): Promise<string> {
  let text = "";
  const output: Output = {
    write(more: string) {
      text += more;
    },
  };
  await statusCommand(output).exitOverride().parseAsync(words, { from: "user" });
  return text;
}

describe("softlabel status", () => {
  it("sums the trials up and names those that run or failed", async () => {
    const folder = folderOfThree();
    expect(await status("--out", folder)).toBe(
      `${folder}: 1 of 3 trials done, 0 running, 1 waiting, 1 failed\nfailed   ε = 0, seed 2: the loss is NaN\n`,
    );
  });

  it("prints every trial as JSON", async () => {
    const folder = folderOfThree();
    const told = JSON.parse(await status("--out", folder, "--json"));
    expect(told).toMatchObject({
      schema: "softlabel.status/1",
      folder,
      state: "ended",
      counts: { done: 1, running: 0, waiting: 1, failed: 1 },
      trials: [
        { id: first.id, name: "ε = 0", seed: 1, state: "done" },
        { id: second.id, state: "waiting" },
        { id: third.id, state: "failed", reason: "the loss is NaN" },
      ],
    });
  });

  it("with --watch ends when the experiment has ended", async () => {
    const folder = folderOfThree();
    expect(await status("--out", folder, "--watch")).toBe(await status("--out", folder));
  });

  it("refuses a folder without an experiment, and --watch with --json", async () => {
    const folder = temporaryFolder();
    await expect(status("--out", folder)).rejects.toThrow(
      `--out must be the folder of an experiment, got ${folder}, where none has begun`,
    );
    await expect(status("--out", folder, "--watch", "--json")).rejects.toThrow(
      "--watch must come without --json, which prints one document",
    );
  });
});
