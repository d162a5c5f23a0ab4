import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readdirSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ArgumentError } from "softlabel";
import { describe, expect, test } from "vitest";
import { lockFolder } from "../../src/experiment/folder-lock.ts";
import { isAlive, processIdentity } from "../../src/experiment/process-identity.ts";
import { temporaryFolder } from "./support/worker.ts";

/** A claim as another process would leave it. */
function writeClaim(folder: string, process: object): string {
  const path = join(folder, ".lock.12345.00000000cafe");
  writeFileSync(path, JSON.stringify({ process, inside: true }));
  return path;
}

function deadPid(): number {
  return spawnSync(process.execPath, ["-e", ""]).pid;
}

describe("lockFolder", () => {
  test("keeps a second one out, with the number of the first, until it is released", async () => {
    const folder = temporaryFolder();
    const lock = await lockFolder(folder);
    await expect(lockFolder(folder)).rejects.toThrow(
      `process ${process.pid} is already working in ${folder}; wait for it, stop it, or choose another --out`,
    );
    lock.release();
    (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("a file in the folder's place is a mistake", async () => {
    const path = join(temporaryFolder(), "file");
    writeFileSync(path, "");
    for (const folder of [path, join(path, "inside")]) {
      const message = `--out must be a folder, or a place for a new one, got the file ${path}`;
      await expect(lockFolder(folder)).rejects.toThrow(new ArgumentError(message));
    }
  });

  test("a folder that nobody can write to is a mistake", async () => {
    if (process.platform !== "linux") return; // elsewhere no such folder is known to be there, and root may write anywhere
    const message = /^--out must be a folder that can be written to, got \/sys\/kernel \((EACCES|EPERM|EROFS)\)$/;
    await expect(lockFolder("/sys/kernel")).rejects.toThrow(message);
  });

  test("of many at once, never two get in", async () => {
    const folder = temporaryFolder();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => lockFolder(folder)));
    const inside = outcomes.filter(({ status }) => status === "fulfilled");
    expect(inside.length).toBeLessThanOrEqual(1);
  });

  test("is not held by a process that was killed", async () => {
    const folder = temporaryFolder();
    writeClaim(folder, { ...processIdentity(), pid: deadPid() });
    (await lockFolder(folder)).release();
    expect(readdirSync(folder)).toEqual([]);
  });

  test("is not held by a later process that was given the number of a killed one", async () => {
    const self = processIdentity();
    if (self.started === null) return expect(process.platform).not.toBe("linux");
    const folder = temporaryFolder();
    writeClaim(folder, { ...self, started: String(Number(self.started) - 1) });
    (await lockFolder(folder)).release();
  });

  test("is held for another machine while that one touches it, and a minute longer", async () => {
    const folder = temporaryFolder();
    const path = writeClaim(folder, { pid: 7, started: "1", place: "elsewhere" });
    await expect(lockFolder(folder)).rejects.toThrow(`process 7 on elsewhere is already working in ${folder}; `);
    const hourAgo = new Date(Date.now() - 3_600_000);
    utimesSync(path, hourAgo, hourAgo);
    (await lockFolder(folder)).release();
  });
});

describe("isAlive", () => {
  test("knows this process, a dead one, and says null of another machine's", () => {
    expect(isAlive(processIdentity())).toBe(true);
    expect(isAlive({ ...processIdentity(), pid: deadPid() })).toBe(false);
    expect(isAlive({ ...processIdentity(), place: "elsewhere" })).toBeNull();
  });

  test("a killed child that nobody collected yet is dead", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1000)"]);
    const identity = processIdentity(child.pid);
    expect(isAlive(identity)).toBe(true);
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
    expect(isAlive(identity)).toBe(false);
  });
});
