import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readdirSync, readFileSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { compareDefaults } from "../../src/experiment/options.ts";
import { processIdentity, shortPlace } from "../../src/experiment/process-identity.ts";
import { publishFolder } from "../../src/experiment/publish-folder.ts";
import { sweep } from "../../src/experiment/sweep.ts";
import { recordProcess } from "../../src/experiment/trainers/process-group.ts";
import {
  discardTrial,
  finishTrial,
  leaveTrial,
  openTrial,
  readFinishedTrial,
} from "../../src/experiment/trial-store.ts";
import { temporaryWriter, writeAtomically } from "../../src/experiment/write-atomically.ts";
import { planTrials } from "./support/plan-trials.ts";
import { temporaryFolder } from "./support/worker.ts";

function write(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(join(folder, name, ".."), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

const deadPid = spawnSync(process.execPath, ["-e", ""]).pid;
const here = shortPlace(processIdentity().place);
const elsewhere = shortPlace("another machine");

describe("writeAtomically", () => {
  test("leaves the new content and nothing else", () => {
    const folder = temporaryFolder();
    writeAtomically(join(folder, "a.json"), "old");
    writeAtomically(join(folder, "a.json"), "new");
    expect(readdirSync(folder)).toEqual(["a.json"]);
    expect(readFileSync(join(folder, "a.json"), "utf8")).toBe("new");
  });
});

describe("temporaryWriter", () => {
  test("reads the writer from a temporary name and takes no other name for one", () => {
    expect(temporaryWriter(".results.json.123.unfinished")).toBe(123);
    for (const name of ["results.json", "report.123.unfinished", ".lock.1.00000000cafe", ".a.b.unfinished"]) {
      expect(temporaryWriter(name)).toBeNull();
    }
  });
});

describe("publishFolder", () => {
  test("replaces files and whole folders, and leaves the rest alone", () => {
    const folder = temporaryFolder();
    const draft = join(folder, "draft");
    write(folder, { "report.html": "old", "plots/gone.svg": "old", "trials/a": "kept", "results.json": "kept" });
    write(draft, { "report.html": "new", "plots/new.svg": "new" });
    publishFolder(draft, folder);
    expect(readdirSync(folder, { recursive: true }).sort()).toEqual(
      ["plots", "plots/new.svg", "report.html", "results.json", "trials", "trials/a"].sort(),
    );
    expect(readFileSync(join(folder, "report.html"), "utf8")).toBe("new");
  });
});

describe("finishTrial", () => {
  test("finishes what a process left that died just before", () => {
    const folder = temporaryFolder();
    const [trial] = planTrials(compareDefaults, { dataHash: "d", codeVersion: "c" });
    const opened = openTrial(folder, trial.id);
    const files = { "predictions.npz": "a", "history.jsonl": "b", "penultimate.npz": "c", "trial.json": "{}" };
    const passing = { "progress.json": "{}", "process.json": "{}", ".progress.json.7.unfinished": "{" };
    write(opened, { ...files, ...passing });
    finishTrial(folder, opened, trial, 1.5);
    expect(readFinishedTrial(folder, trial.id)).toMatchObject({ trial, seconds: 1.5 });
    expect(readdirSync(join(folder, "trials"))).toEqual([trial.id]);
    expect(readdirSync(join(folder, "trials", trial.id)).sort()).toEqual(Object.keys(files).sort());
  });

  test("of two that finish the same trial the first stays", () => {
    const folder = temporaryFolder();
    const [trial] = planTrials(compareDefaults, { dataHash: "d", codeVersion: "c" });
    const files = { "predictions.npz": "a", "history.jsonl": "b", "penultimate.npz": "c" };
    for (const seconds of [1, 2]) {
      const opened = openTrial(folder, trial.id);
      write(opened, files);
      finishTrial(folder, opened, trial, seconds);
    }
    expect(readFinishedTrial(folder, trial.id)?.seconds).toBe(1);
    expect(readdirSync(join(folder, "trials"))).toEqual([trial.id]);
  });
});

describe("a trial that was left", () => {
  test("goes to one of two that take it, with all that was in it but who was at work; the other begins anew", () => {
    const folder = temporaryFolder();
    const first = openTrial(folder, "abc");
    write(first, { "checkpoint.npz": "after epoch 3", "progress.json": "{}", "process.json": "{}" });
    leaveTrial(folder, first, "abc");
    expect(readdirSync(join(folder, "trials", "abc.unfinished"))).toEqual(["checkpoint.npz"]);
    // The rest of a rest that another process left meanwhile is not kept.
    const second = openTrial(folder, "abc");
    write(folder, { "trials/abc.unfinished/checkpoint.npz": "of another" });
    leaveTrial(folder, second, "abc");
    expect(readFileSync(join(folder, "trials", "abc.unfinished", "checkpoint.npz"), "utf8")).toBe("of another");
    expect(readdirSync(openTrial(folder, "abc"))).toEqual(["checkpoint.npz"]);
    expect(readdirSync(openTrial(folder, "abc"))).toEqual([]);
  });

  test("can be found damaged by two at once", () => {
    const folder = temporaryFolder();
    write(folder, { "trials/abc/trial.json": "{" });
    discardTrial(folder, "abc");
    discardTrial(folder, "abc");
    expect(readdirSync(join(folder, "trials"))).toEqual([]);
  });
});

describe("sweep", () => {
  const names = (folder: string): string[] => readdirSync(join(folder, "trials")).sort();

  test("keeps what a dead process trained, for the next one to go on from", async () => {
    const folder = temporaryFolder();
    write(folder, {
      [`trials/.abc.${deadPid}-1-${here}/checkpoint.npz`]: "after epoch 3",
      [`trials/.abc.${deadPid}-1-${here}/checkpoint.npz.${deadPid}.unfinished`]: "half",
      [`.results.json.${deadPid}.unfinished`]: "half",
      [`.report.${deadPid}.unfinished/plots/a.svg`]: "half",
    });
    await sweep(folder, 0);
    expect(readdirSync(folder)).toEqual(["trials"]);
    expect(names(folder)).toEqual(["abc.unfinished"]);
    const opened = openTrial(folder, "abc");
    expect(readdirSync(opened)).toEqual(["checkpoint.npz"]);
    expect(readFileSync(join(opened, "checkpoint.npz"), "utf8")).toBe("after epoch 3");
  });

  test("removes what is left of a trial that is finished by now, and a second rest of one trial", async () => {
    const folder = temporaryFolder();
    write(folder, {
      "trials/abc/trial.json": "finished",
      "trials/abc.unfinished/checkpoint.npz": "early",
      [`trials/.abc.${deadPid}-1-${here}/checkpoint.npz`]: "early",
      "trials/def.unfinished/checkpoint.npz": "first",
      [`trials/.def.${deadPid}-1-${here}/checkpoint.npz`]: "second",
    });
    await sweep(folder, 0);
    expect(names(folder)).toEqual(["abc", "def.unfinished"]);
  });

  test("leaves alone what a living process writes, and says which after its patience", async () => {
    const folder = temporaryFolder();
    const opened = openTrial(folder, "abc");
    await expect(sweep(folder, 100)).rejects.toThrow(
      `process ${process.pid}, left by an earlier run, still works in ${folder}; stop it and try again`,
    );
    expect(readdirSync(opened)).toEqual([]);
  });

  test("leaves alone what another machine works in, unless the trial is finished and nobody was there for an hour", async () => {
    const folder = temporaryFolder();
    const rest = (id: string): string => `.${id}.${deadPid}-1-${elsewhere}`;
    write(folder, {
      [`trials/${rest("abc")}/checkpoint.npz`]: "unfinished, old",
      [`trials/${rest("def")}/checkpoint.npz`]: "finished, new",
      [`trials/${rest("ghi")}/checkpoint.npz`]: "finished, old",
      "trials/def/trial.json": "finished",
      "trials/ghi/trial.json": "finished",
    });
    for (const id of ["abc", "ghi"]) utimesSync(join(folder, "trials", rest(id)), 0, 0);
    await sweep(folder, 0);
    expect(names(folder)).toEqual([rest("abc"), rest("def"), "def", "ghi"].sort());
  });

  test.skipIf(process.platform !== "linux")(
    "ends a trainer that outlived the processes that watched over it, and keeps what it left [needs linux]",
    async () => {
      const folder = temporaryFolder();
      const name = `trials/.abc.${deadPid}-1-${here}`;
      write(folder, { [`${name}/checkpoint.npz`]: "after epoch 3" });
      const trainer = spawn("/bin/sleep", ["1000"], { detached: true, stdio: "ignore" });
      recordProcess(join(folder, name), trainer.pid as number, deadPid);
      const ended = once(trainer, "exit");
      await sweep(folder, 5_000);
      expect(await ended).toEqual([null, "SIGTERM"]);
      expect(readdirSync(openTrial(folder, "abc"))).toEqual(["checkpoint.npz"]);
    },
  );

  test.skipIf(process.platform !== "linux")(
    "waits for a trainer that is being ended by its guard [needs linux]",
    async () => {
      const folder = temporaryFolder();
      const name = `.abc.${deadPid}-1-${here}`;
      write(folder, { [`trials/${name}/checkpoint.npz`]: "after epoch 3" });
      const trainer = spawn("/bin/sleep", ["1000"], { detached: true, stdio: "ignore" });
      recordProcess(join(folder, "trials", name), trainer.pid as number, process.pid);
      await expect(sweep(folder, 100)).rejects.toThrow(
        `process ${trainer.pid}, left by an earlier run, still works in`,
      );
      const ended = once(trainer, "exit");
      trainer.kill("SIGKILL");
      expect(await ended).toEqual([null, "SIGKILL"]);
      await sweep(folder, 0);
      expect(names(folder)).toEqual(["abc.unfinished"]);
    },
  );

  test("ends no process that was given a trainer's number after its end", async () => {
    const folder = temporaryFolder();
    const name = `trials/.abc.${deadPid}-1-${here}`;
    const { place } = processIdentity();
    write(folder, { [`${name}/process.json`]: JSON.stringify({ pid: process.pid, started: "1", place }) });
    await sweep(folder, 0);
    expect(names(folder)).toEqual(["abc.unfinished"]);
  });
});
