import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/*
 * Runs the built command. It signals itself at a named moment of its writing: just before the first file whose path
 * ends so, which no test outside of the process could hit for certain.
 */
const root = mkdtempSync(join(tmpdir(), "softlabel-interrupted-"));
afterAll(() => rmSync(root, { recursive: true }));
const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));
const preload = join(root, "signal.mjs");
const file = join(root, "top.csv");

beforeAll(() => {
  writeFileSync(file, "confidence,correct\n0.9,1\n0.8,0\n0.7,1\n0.6,1\n");
  writeFileSync(
    preload,
    `import fs from "node:fs";
    import { syncBuiltinESMExports } from "node:module";
    const { SIGNAL, BEFORE } = process.env;
    let isSent = false;
    const before = (write) => function (path, ...rest) {
      if (!isSent && String(path).endsWith(BEFORE)) {
        isSent = true;
        process.kill(process.pid, SIGNAL);
      }
      return write(path, ...rest);
    };
    fs.writeFileSync = before(fs.writeFileSync);
    fs.promises.writeFile = before(fs.promises.writeFile);
    fs.renameSync = before(fs.renameSync);
    syncBuiltinESMExports();`,
  );
});

async function evaluate(out: string, signal: NodeJS.Signals | 0, before: string) {
  const words = [bin, "evaluate", file, "--resamples", "20", "--out", out];
  const child = spawn(process.execPath, ["--import", pathToFileURL(preload).href, ...words], {
    env: { ...process.env, SIGNAL: String(signal), BEFORE: before },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let stderr = "";
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [code, killedBy] = await once(child, "close");
  return { code, killedBy, last: stderr.trimEnd().split("\n").at(-1) };
}

const earlier = (name: string): string => {
  const out = join(root, name);
  mkdirSync(out);
  writeFileSync(join(out, "results.json"), "of an earlier run");
  return out;
};
const report = ["data", "plots", "report.html", "results.json"];

describe("an evaluation that is interrupted while it writes", () => {
  it.each([
    ["SIGINT", "results.json"],
    ["SIGINT", "reliability.svg"],
    ["SIGTERM", "report.html"],
  ] as const)("by %s before its %s ends with 1, and its folder is as it was", async (signal, before) => {
    const out = earlier(`${signal} ${before}`);
    expect(await evaluate(out, signal, before)).toEqual({
      code: 1,
      killedBy: null,
      last: `softlabel: stopped; ${out} is as it was`,
    });
    expect(readdirSync(out)).toEqual(["results.json"]);
    expect(readFileSync(join(out, "results.json"), "utf8")).toBe("of an earlier run");
  });

  it("while it moves the whole of it into place is finished first", async () => {
    const out = earlier("moving");
    const { code } = await evaluate(out, "SIGINT", "plots");
    expect(code).toBe(0);
    expect(readdirSync(out).sort()).toEqual(report);
  });

  it.skipIf(process.platform !== "linux")(
    "by SIGKILL leaves a hidden draft that the next run takes away [needs linux]",
    async () => {
      const out = earlier("killed");
      expect(await evaluate(out, "SIGKILL", "report.html")).toMatchObject({ code: null, killedBy: "SIGKILL" });
      const [draft, ...rest] = readdirSync(out);
      expect(draft).toMatch(/^\.evaluation\.\d+\.unfinished$/);
      expect(rest).toEqual(["results.json"]);
      expect(readFileSync(join(out, "results.json"), "utf8")).toBe("of an earlier run");
      expect(await evaluate(out, 0, "never")).toMatchObject({ code: 0 });
      expect(readdirSync(out).sort()).toEqual(report);
    },
  );
});
