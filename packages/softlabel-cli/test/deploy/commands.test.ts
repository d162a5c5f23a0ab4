import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { deployFolder, documentsOf, valuesOf } from "./support/manifests.ts";

const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));

interface Container {
  readonly command?: readonly string[];
  readonly args?: readonly string[];
}

/** Every line of softlabel's in the files of deploy, word by word. */
function commands(): readonly (readonly string[])[] {
  const pods = ["kubernetes.yaml", "kubernetes-queue.yaml"].flatMap(documentsOf);
  const containers = valuesOf(pods, "containers").flat() as readonly Container[];
  const services = valuesOf(documentsOf("compose.yaml"), "services").flatMap((all) => Object.values(all as object));
  const lines = [...containers, ...(services as readonly Container[])].map(({ command = [], args = [] }) => [
    ...command,
    ...args,
  ]);
  const slurm = [...readFileSync(join(deployFolder, "slurm.sh"), "utf8").matchAll(/exec srun (softlabel .*?) ;;/g)];
  return [...lines, ...slurm.map(([, line = ""]) => line.split(" "))].filter(([program]) => program === "softlabel");
}

describe("the commands in deploy", () => {
  const lines = commands();

  test("are one for each container and each step", () => {
    expect(lines.map(([, command]) => command).sort()).toEqual([
      ...Array.from({ length: 6 }, () => "compare"),
      "worker",
      "worker",
    ]);
  });

  test.each(["compare", "worker"])("of %s have options that it knows", (command) => {
    const help = execFileSync(process.execPath, [bin, command, "--help"], { encoding: "utf8" });
    const words = lines.filter(([, name]) => name === command).flat();
    const options = new Set(words.filter((word) => word.startsWith("--")).map((word) => word.split("=")[0]));
    expect(options.size).toBeGreaterThan(3);
    expect([...options].filter((option) => !help.includes(`  ${option} `))).toEqual([]);
  });
});
