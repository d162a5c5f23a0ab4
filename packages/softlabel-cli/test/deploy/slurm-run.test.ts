import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, test } from "vitest";
import type { Results } from "../../src/experiment/results.ts";
import { deployFolder } from "./support/manifests.ts";

const folder = mkdtempSync(join(tmpdir(), "softlabel-slurm-run-"));
afterAll(() => rmSync(folder, { recursive: true }));

const inPackage = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

describe("slurm.sh with the command itself", () => {
  test("two shares train what one process does, and the judging job finds it all finished", () => {
    const program = join(folder, "softlabel");
    const command = `"${process.execPath}" "${inPackage("../../bin/softlabel.js")}"`;
    writeFileSync(program, `#!/usr/bin/env bash\nexec ${command} "$@"\n`);
    chmodSync(program, 0o755);
    writeFileSync(join(folder, "log"), "");
    const sizes = ["--model", "softmax", "--epochs", "1", "--train-size", "60", "--validation-size", "40"];
    const tiny = [...sizes, "--epsilon", "0,0.1", "--seeds", "1"];
    const PATH = `${folder}:${inPackage("./support/bin")}:${process.env.PATH}`;
    const environment = { ...process.env, PATH, FAKE_SLURM: folder, SHARDS: "2" };
    const run = (words: readonly string[]): void => {
      const { status, stderr } = spawnSync("bash", [...words], { env: environment, encoding: "utf8", cwd: folder });
      expect(status, stderr + readFileSync(join(folder, "output"), "utf8")).toBe(0);
    };
    writeFileSync(join(folder, "output"), "");
    run([join(deployFolder, "slurm.sh"), ...tiny, "--out", "shared"]);
    run(["-c", `exec softlabel compare --out alone --jobs 1 ${tiny.join(" ")}`]);

    const resultsIn = (name: string): Results =>
      JSON.parse(readFileSync(join(folder, name, "results.json"), "utf8")) as Results;
    const [{ run: shared, ...judged }, { run: _, ...alone }] = [resultsIn("shared"), resultsIn("alone")];
    expect({ ...judged, experiment: { ...judged.experiment, command: "" } }).toEqual({
      ...alone,
      experiment: { ...alone.experiment, command: "" },
    });
    expect(shared.trialsReused).toBe(2);
    expect(readdirSync(join(folder, "shared/trials")).filter((name) => !name.startsWith("."))).toHaveLength(2);
  });
});
