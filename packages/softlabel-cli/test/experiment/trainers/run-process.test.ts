import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type ProcessToRun, runProcess } from "../../../src/experiment/trainers/run-process.ts";
import { temporaryFolder } from "../support/worker.ts";

const never = new AbortController().signal;

/** Runs a shell's text as a trainer. */
function runShell(text: string, order: Partial<ProcessToRun> = {}) {
  const folder = temporaryFolder();
  const running = runProcess({
    program: "/bin/sh",
    args: ["-c", text],
    environment: { FOLDER: folder },
    folder,
    signal: never,
    onLine: () => false,
    ...order,
  });
  return { folder, running };
}

describe.skipIf(process.platform !== "linux")("runProcess [needs linux]", () => {
  test("tells how it ended and what it wrote last, of both streams, but no news and no empty lines", async () => {
    const lines: string[] = [];
    const { folder, running } = runShell(
      `for i in 1 2 3 4 5 6 7 8 9 10; do echo "line $i"; echo; done; echo news; printf 'no end'; exit 3`,
      {
        onLine: (line) => {
          lines.push(line);
          return line === "news";
        },
      },
    );
    const numbered = [4, 5, 6, 7, 8, 9, 10].map((i) => `line ${i}`);
    expect(await running).toEqual({ code: 3, killedBy: null, lastLines: [...numbered, "no end"] });
    expect(lines.filter((line) => line !== "")).toHaveLength(12);
    expect(readFileSync(join(folder, "log.txt"), "utf8")).toMatch(/^line 1\n\nline 2\n[\s\S]*news\nno end$/);
    expect(existsSync(join(folder, "process.json"))).toBe(false);
  });

  test("a progress bar that returns to its line's start is many lines, and a letter may come in two pieces", async () => {
    const { running } = runShell(`printf '10 %%\\r20 %%\\r\\n'; printf '\\316'; sleep 0.1; printf '\\265 = 0.1\\n'`);
    expect((await running).lastLines).toEqual(["10 %", "20 %", "ε = 0.1"]);
  });

  test("one that does not end when it is asked to is killed with all that it started", async () => {
    const stop = new AbortController();
    const { folder, running } = runShell(
      `trap '' TERM; sleep 1000 & echo $! > "$FOLDER/pid"; echo ready; while :; do sleep 0.01; done`,
      {
        signal: stop.signal,
        patienceMs: 50,
        onLine: () => {
          stop.abort(new Error("the user has had enough"));
          return false;
        },
      },
    );
    await expect(running).rejects.toThrow("the user has had enough");
    expect(existsSync(`/proc/${readFileSync(join(folder, "pid"), "utf8").trim()}/exe`)).toBe(false);
  });

  test("one that leaves its output to a process outside of its group is not waited for", async () => {
    const { folder, running } = runShell(`setsid sleep 3 & echo done`);
    expect(await running).toMatchObject({ code: 0, lastLines: ["done"] });
    expect(readFileSync(join(folder, "log.txt"), "utf8")).toBe("done\n");
  });

  test("is not begun when it is stopped before", async () => {
    const folder = temporaryFolder();
    const order = { program: "/bin/sh", args: [], environment: {}, folder, onLine: () => false };
    await expect(runProcess({ ...order, signal: AbortSignal.abort(new Error("no")) })).rejects.toThrow("no");
    expect(existsSync(join(folder, "log.txt"))).toBe(false);
  });
});
