import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import { deployFolder } from "./support/manifests.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-slurm-"));
afterAll(() => rmSync(folder, { recursive: true }));

const script = join(deployFolder, "slurm.sh");
const bin = fileURLToPath(new URL("./support/bin", import.meta.url));
const words = ["--trainer", "python train.py --out {out}", "--seeds", "3", "--out", "/shared/an experiment"];

/** The script on a cluster of this machine alone, where `softlabel` only notes how it was called. */
function submit(environment: Readonly<Record<string, string>>): ReturnType<typeof spawnSync> {
  const program = join(folder, "softlabel");
  const note = 'printf "%s|" "$SLURM_ARRAY_TASK_ID" "$SLURM_ARRAY_TASK_COUNT" "$@" >> "$FAKE_SLURM/calls"';
  writeFileSync(program, `#!/usr/bin/env bash\n${note}\necho >> "$FAKE_SLURM/calls"\nexit "\${FAKE_EXIT-0}"\n`);
  chmodSync(program, 0o755);
  for (const name of ["log", "calls"]) writeFileSync(join(folder, name), "");
  const PATH = `${folder}:${bin}:${process.env.PATH}`;
  return spawnSync("bash", [script, ...words], {
    env: { PATH, FAKE_SLURM: folder, ...environment },
    encoding: "utf8",
  });
}

const linesOf = (name: string): string[] => readFileSync(join(folder, name), "utf8").trimEnd().split("\n");

describe("slurm.sh", () => {
  test("is a script that bash can read", () => {
    expect(spawnSync("bash", ["-n", script], { encoding: "utf8" })).toMatchObject({ status: 0, stderr: "" });
  });

  test("submits an array with a share for each task, and a job that judges when all of it has ended well", () => {
    const { status, stdout, stderr } = submit({ SHARDS: "3" });
    expect(stderr).toBe("");
    expect(status).toBe(0);
    const [array, judge, ...others] = linesOf("log");
    expect(others).toEqual([]);
    expect(array).toContain("--array=1-3 ");
    // The array was number 101 of the cluster.
    expect(judge).toContain("--dependency=afterok:101 --kill-on-invalid-dep=yes ");
    expect(stdout).toBe("102;cluster\n");
    expect(linesOf("calls")).toEqual([
      ...["1", "2", "3"].map(
        (task) => `${[task, "3", "compare", ...words, "--jobs", "1", "--shard", "auto"].join("|")}|`,
      ),
      `||compare|${words.join("|")}|--jobs|1|`,
    ]);
  });

  test("a share that fails is told, and nothing is submitted after an array that was refused", () => {
    const { status } = submit({ SHARDS: "2", FAKE_EXIT: "1" });
    expect(status).not.toBe(0);
    expect(linesOf("log")).toHaveLength(1);
  });

  test("says what is missing", () => {
    expect(submit({})).toMatchObject({ status: 1, stderr: expect.stringContaining("must be the number of shares") });
    expect(submit({ SOFTLABEL_STEP: "trian" })).toMatchObject({
      status: 2,
      stderr: "SOFTLABEL_STEP must be submit, train or judge, got trian\n",
    });
  });
});
