import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import type { Output } from "../../src/commands/console.ts";
import { workerCommand } from "../../src/commands/worker.ts";
import { tellWork } from "../../src/commands/worker-log.ts";
import { writeQueueFile } from "../../src/experiment/queue/queue-file.ts";
import type { WorkerNews } from "../../src/experiment/queue/worker-news.ts";
import { fakePlan, fakeTrials } from "../experiment/queue/support/fake-experiment.ts";
import { temporaryFolder } from "../experiment/support/worker.ts";

afterEach(() => vi.unstubAllEnvs());

function memory(): Output & { text: string } {
  return {
    text: "",
    write(more: string) {
      this.text += more;
    },
  };
}

async function work(...words: readonly string[]): Promise<{ readonly error: Error; readonly notes: string }> {
  const notes = memory();
  const command = workerCommand(memory(), notes).exitOverride();
  const error = await command.parseAsync(words, { from: "user" }).then(
    () => new Error("it took trials"),
    (reason: Error) => reason,
  );
  return { error, notes: notes.text };
}

const nobody = "redis://ada:s3cret@127.0.0.1:1"; // a port that no server has

describe("softlabel worker", () => {
  it("takes a list of trainer files as compare does", async () => {
    const folder = temporaryFolder();
    writeQueueFile(folder, fakePlan(folder, fakeTrials(1)));
    const trainer = ["--trainer", "cat {out}", "--trainer-files", "no/such.py,other.py"];
    const { error } = await work("--queue", nobody, "--out", folder, ...trainer);
    expect(error.message).toBe("--trainer-files must name files or folders, got no/such.py, which does not exist");
  });

  it("says at once that it does not see the folder, and ends when the wait is over", async () => {
    const folder = join(temporaryFolder(), "shared");
    const { error, notes } = await work("--queue", nobody, "--out", folder, "--wait", "0");
    const said = `${folder} does not exist here: is the folder that compare was given mounted on this machine?`;
    expect(notes).toBe(`${said} Waiting up to 0 s\n`);
    expect(error).toMatchObject({ name: "RunFailure", message: said });
  });

  it("says that the folder holds no experiment yet", async () => {
    const folder = join(temporaryFolder(), "shared");
    mkdirSync(folder);
    const { error } = await work("--queue", nobody, "--out", folder, "--wait", "0");
    expect(error.message).toBe(
      `${folder} does not hold an experiment yet: is it the folder that compare was given, mounted here?`,
    );
  });

  it("refuses an experiment of other data by both hashes, before it asks for a trial", async () => {
    const folder = temporaryFolder();
    writeQueueFile(folder, fakePlan(folder, fakeTrials(1)));
    const { error } = await work("--queue", nobody, "--out", folder);
    expect(error.name).toBe("RunFailure");
    expect(error.message).toMatch(
      /^the data must be the experiment's, whose hash is d{64}, got [0-9a-f]{64}; --data says where it lies on this machine$/,
    );
  });

  it("refuses an experiment with a trainer where it was given none: the queue carries no code", async () => {
    const folder = temporaryFolder();
    writeQueueFile(folder, { data: null, ingredients: { external: { dataHash: null, codeVersion: "f".repeat(64) } } });
    const { error } = await work("--queue", nobody, "--out", folder);
    expect(error.message).toBe(
      "the trainer must be the experiment's, got none; give the --trainer that compare was given, a queue carries no code",
    );
    const other = await work("--queue", nobody, "--out", folder, "--trainer", "true {out}");
    expect(other.error.message).toMatch(
      /^the trainer must be the experiment's, whose hash is f{64}, got [0-9a-f]{64};/,
    );
  });

  it("needs a server, on the command line or in the environment, and never shows its password", async () => {
    const folder = temporaryFolder();
    vi.stubEnv("SOFTLABEL_QUEUE", undefined);
    const { error } = await work("--out", folder);
    expect(error).toMatchObject({
      name: "UsageError",
      message: "--queue must name a server, redis://… or postgres://…, where SOFTLABEL_QUEUE does not",
    });
    vi.stubEnv("SOFTLABEL_QUEUE", "http://ada:s3cret@host");
    const named = await work("--out", folder);
    expect(named.error.message).toContain('got "http://***@host"');
    expect(process.env.SOFTLABEL_QUEUE).toBeUndefined();
  });
});

describe("what a worker writes", () => {
  const [trial] = fakeTrials(1);
  const news: readonly WorkerNews[] = [
    { type: "taken", trial },
    { type: "started", trial },
    { type: "finished", trial },
    { type: "acknowledged", trial },
    { type: "failed", trial, reason: "the loss is NaN", attempt: 2 },
    { type: "refused", job: "t1", reason: "it is none" },
  ];

  it("is a line for people for each thing that they need to know", () => {
    const [output, notes] = [memory(), memory()];
    const log = tellWork({ json: false, output, notes });
    log.begin("/shared/run", 2, "redis://host");
    for (const one of news) log.tell(one);
    log.end();
    expect(notes.text.split("\n")).toEqual([
      "takes trials of /shared/run from redis://host, 2 at a time",
      "took the trial ε = 0, seed 1",
      "finished the trial ε = 0, seed 1",
      "the trial ε = 0, seed 1 failed, 2 of 3 times: the loss is NaN",
      "refused t1: it is none",
      "ended; it finished 1 trials",
      "",
    ]);
    expect(output.text).toBe("");
  });

  it("is a line of JSON for each thing with --json, and nothing else", () => {
    const [output, notes] = [memory(), memory()];
    const log = tellWork({ json: true, output, notes });
    for (const one of news) log.tell(one);
    const lines = output.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(lines.map(({ type }) => type)).toEqual(news.map(({ type }) => type));
    expect(lines[4]).toEqual({
      at: expect.stringMatching(/^\d{4}-\d\d-\d\dT/),
      type: "failed",
      trial: trial.id,
      seed: 1,
      reason: "the loss is NaN",
      attempt: 2,
    });
    expect(notes.text).toBe("");
  });
});
