import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, expect, it } from "vitest";
import { formatNpz } from "../../src/data/npz.ts";

const root = mkdtempSync(join(tmpdir(), "softlabel-interrupted-fit-"));
afterAll(() => rmSync(root, { recursive: true }));
const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));

it.each(["SIGINT", "SIGTERM"] as const)(
  "%s in the middle of a fit ends evaluate at once, and no folder is made",
  async (signal) => {
    const [rows, classes] = [1000, 150];
    const data = Float32Array.from({ length: rows * classes }, (_, i) => {
      const [row, k] = [Math.floor(i / classes), i % classes];
      return 3 * Math.sin(7.3 * i) + (k === row % classes ? 3 : 0);
    });
    const labels = Int32Array.from({ length: rows }, (_, row) => row % classes);
    const file = join(root, `${signal}.npz`);
    const out = join(root, `${signal} report`);
    writeFileSync(
      file,
      formatNpz({ logits: { data, shape: [rows, classes] }, labels: { data: labels, shape: [rows] } }),
    );
    const words = [bin, "evaluate", file, "--calibrate", "matrix", "--resamples", "0", "--out", out];
    const child = spawn(process.execPath, words, { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
      // The sentence before the fit: it takes longer than anything that is told of within 10 s.
      if (stderr.includes("goes over 1,000 rows twice, with 150 classes, and takes about")) child.kill(signal);
    });
    const [code, killedBy] = await once(child, "close");
    expect({ code, killedBy }).toEqual({ code: null, killedBy: signal });
    expect(stderr).not.toContain("judged");
    expect(existsSync(out)).toBe(false);
  },
);
