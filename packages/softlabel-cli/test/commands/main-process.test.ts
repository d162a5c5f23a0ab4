import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";

const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the built command; with `readUntil`, closes its output after so many characters, as `head` does. */
async function softlabel(words: readonly string[], readUntil = Infinity): Promise<Ended> {
  const child = spawn(process.execPath, [bin, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (text) => {
    stdout += text;
    if (stdout.length >= readUntil) child.stdout.destroy();
  });
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

describe("the command softlabel", () => {
  it("exits with 0 and writes to stdout alone when all went well", async () => {
    const { code, stdout, stderr } = await softlabel(["explain", "--logits", "2,1,0", "--label", "0", "--json"]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(JSON.parse(stdout)).toHaveProperty("schema", "softlabel.explain/1");
  });

  it("exits with 2 and one line on stderr for wrong usage", async () => {
    const ended = await softlabel(["explain", "--logits", "2,1,0", "--label", "3"]);
    const stderr = 'softlabel: --label must be an integer from 0 to 2, got "3"; labels start at 0\n';
    expect(ended).toEqual({ code: 2, stdout: "", stderr });
  });

  it("ends quietly when nobody reads on", async () => {
    // More than a pipe holds, so that writing fails while it goes on.
    const logits = Array.from({ length: 20_000 }, (_, k) => k).join(",");
    const ended = await softlabel(["explain", "--logits", logits, "--label", "0", "--json"], 1);
    expect(ended).toMatchObject({ code: 0, stderr: "" });
  });
});
