import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { buildSync } from "esbuild";
import { describe, expect, test } from "vitest";
import { processIdentity } from "../../../src/experiment/process-identity.ts";
import { recordProcess, startGuard, trainerAtWork } from "../../../src/experiment/trainers/process-group.ts";
import { processesWith } from "../support/processes.ts";
import { temporaryFolder } from "../support/worker.ts";

/** A group that does not end when it is asked to, but says that it was. */
const stubborn = "trap 'echo asked' TERM; echo ready; while :; do sleep 0.01; done";

describe.skipIf(process.platform !== "linux")("a guard [needs linux]", () => {
  test("asks a group to end when its own process is gone, and kills it after its patience", async () => {
    const folder = temporaryFolder();
    const source = fileURLToPath(new URL("../../../src/experiment/trainers/process-group.ts", import.meta.url));
    const outfile = join(folder, "process-group.mjs");
    buildSync({ entryPoints: [source], outfile, bundle: true, platform: "node", format: "esm", logLevel: "error" });
    const watcher = join(folder, "watcher.mjs");
    writeFileSync(
      watcher,
      `import { startGuard } from "./process-group.mjs";
      startGuard(1000).watch(Number(process.argv[2]));
      setTimeout(() => process.kill(process.pid, "SIGKILL"));`,
    );
    const group = spawn("/bin/sh", ["-c", stubborn], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    group.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await once(group.stdout, "data");
    spawn(process.execPath, [watcher, String(group.pid)], { stdio: "inherit" });
    expect(await once(group, "exit")).toEqual([null, "SIGKILL"]);
    expect(said).toBe("ready\nasked\n");
  });

  test("goes when it is told of the end, and asks nobody for anything", async () => {
    const group = spawn("/bin/sh", ["-c", stubborn], { detached: true, stdio: ["ignore", "pipe", "ignore"] });
    let said = "";
    group.stdout.on("data", (chunk) => {
      said += chunk;
    });
    await once(group.stdout, "data");
    const mark = ["SOFTLABEL_GUARD_TEST", randomUUID()] as const;
    process.env[mark[0]] = mark[1];
    const guard = startGuard();
    const idle = startGuard();
    delete process.env[mark[0]];
    expect(processesWith(...mark)).toHaveLength(2);
    guard.watch(group.pid as number);
    guard.release();
    idle.release();
    while (processesWith(...mark).length > 0) await delay(5);
    expect(said).toBe("ready\n");
    process.kill(-(group.pid as number), "SIGKILL");
  });
});

describe("trainerAtWork", () => {
  test("is the process that the folder names, while it lives, on this machine", () => {
    const folder = temporaryFolder();
    expect(trainerAtWork(folder)).toBeNull();
    recordProcess(folder, process.pid, null);
    expect(trainerAtWork(folder)).toEqual({ pid: process.pid, isGuarded: false });
    recordProcess(folder, process.pid, process.ppid);
    expect(trainerAtWork(folder)).toEqual({ pid: process.pid, isGuarded: true });
    for (const other of [{ started: "1" }, { place: "another machine" }]) {
      writeFileSync(join(folder, "process.json"), JSON.stringify({ ...processIdentity(), ...other }));
      expect(trainerAtWork(folder)).toBeNull();
    }
    writeFileSync(join(folder, "process.json"), "{");
    expect(trainerAtWork(folder)).toBeNull();
  });
});
