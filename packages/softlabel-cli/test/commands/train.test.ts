import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { lockFolder } from "../../src/experiment/folder-lock.ts";
import { temporaryFolder, writeTinyDataset } from "../training/support/tiny-dataset.ts";

const bin = fileURLToPath(new URL("../../bin/softlabel.js", import.meta.url));
let data: string;
beforeAll(() => {
  data = writeTinyDataset(temporaryFolder());
});

interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `softlabel train` on the tiny data set, in a process of its own; `onStderr` sees what it says while it runs. */
async function train(words: readonly string[], onStderr?: (text: string, child: ChildProcess) => void): Promise<Ran> {
  const usual = [
    "--data",
    data,
    "--validation-size",
    "80",
    "--train-size",
    "200",
    "--batch-size",
    "32",
    "--model",
    "mlp",
  ];
  const child = spawn(process.execPath, [bin, "train", ...usual, ...words], { stdio: ["ignore", "pipe", "pipe"] });
  let [stdout, stderr] = ["", ""];
  child.stdout.on("data", (chunk) => {
    stdout += chunk;
  });
  child.stderr.on("data", (chunk) => {
    stderr += chunk;
    onStderr?.(stderr, child);
  });
  const [code] = await once(child, "close");
  return { code, stdout, stderr };
}

describe("softlabel train", () => {
  it("keeps out of a folder that another process is working in, and makes none for data that is not there", async () => {
    const out = temporaryFolder();
    const lock = await lockFolder(out);
    const { code, stderr } = await train(["--out", out]);
    lock.release();
    expect({ code, stderr }).toEqual({
      code: 1,
      stderr: `softlabel: process ${process.pid} is already working in ${out}; wait for it, stop it, or choose another --out\n`,
    });

    const nowhere = join(temporaryFolder(), "new");
    expect(await train(["--data", "/nowhere", "--out", nowhere])).toMatchObject({ code: 2 });
    expect(existsSync(nowhere)).toBe(false);
  });

  it("says what it trained, leaves its files, and shows plain progress where no terminal is", async () => {
    const out = temporaryFolder();
    const { code, stdout, stderr } = await train(["--epochs", "2", "--out", out]);
    expect(code).toBe(0);
    const lines = stdout.trimEnd().split("\n");
    expect(lines[0]).toBe("data           bars: 200 training, 80 validation, 80 test images");
    // H(q′) of the default ε = 0.1 over four classes.
    expect(lines[1]).toMatch(/^training loss {2}0\.\d{4} nats with ε = 0\.1; it cannot be below 0\.3488$/);
    expect(lines[2]).toMatch(/^validation {5}accuracy \d+\.\d\d %, unsmoothed loss \d\.\d{4} nats$/);
    expect(lines[3]).toMatch(/^test {11}accuracy \d+\.\d\d %, unsmoothed loss \d\.\d{4} nats$/);
    expect(lines[4]).toBe(`files          ${out}`);
    expect(stderr).toMatch(/^train: 7 % \(1 of 14 steps\), epoch 1 of 2, loss \d\.\d{4}\n/);
    expect(stderr).toMatch(
      /train: 100 % \(14 of 14 steps\), .* steps\/s, 0:0\d taken, epoch 2 of 2, loss \d\.\d{4}\n$/,
    );
    expect(readdirSync(out)).toContain("predictions.npz");
  });

  it("prints its summary as JSON and nothing else on stdout", async () => {
    const out = temporaryFolder();
    const { code, stdout } = await train(["--epochs", "1", "--epsilon", "0", "--out", out, "--json"]);
    const summary = JSON.parse(readFileSync(join(out, "summary.json"), "utf8"));
    delete summary.identity;
    expect({ code, json: JSON.parse(stdout) }).toEqual({
      code: 0,
      json: { schema: "softlabel.train/1", folder: out, ...summary },
    });
    expect(summary.history[0].trainLoss).toBe(summary.history[0].trainCrossEntropy);
  });

  it("stopped by Ctrl-C says how to go on, and the same command ends as if it had not been stopped", async () => {
    const [out, whole] = [temporaryFolder(), temporaryFolder()];
    const words = ["--epochs", "25", "--seed", "5"];
    let sent = false;
    const stopped = await train([...words, "--out", out], (text, child) => {
      if (sent || !text.includes("%")) return;
      sent = true;
      child.kill("SIGINT");
    });
    expect(stopped.code).toBe(1);
    expect(stopped.stderr).toContain(
      `softlabel: stopped; the same command goes on from the last whole epoch, kept in ${out}\n`,
    );
    expect(stopped.stderr).not.toContain("    at ");
    expect(readdirSync(out)).not.toContain("predictions.npz");
    expect((await train([...words, "--out", out])).code).toBe(0);
    expect((await train([...words, "--out", whole])).code).toBe(0);
    for (const name of ["weights.bin", "predictions.npz", "history.jsonl"]) {
      expect(readFileSync(join(out, name)).equals(readFileSync(join(whole, name)))).toBe(true);
    }
  });

  it.each<[string, readonly string[], number, string]>([
    [
      "an unknown model",
      ["--model", "lenet6"],
      2,
      '--model must be one of softmax, mlp, lenet, lenet5, cleverhans, got "lenet6"; did you mean lenet?',
    ],
    ["ε above 1", ["--epsilon", "1.5"], 2, '--epsilon must be a number from 0 to 1, got "1.5"'],
    [
      "data that is not there",
      ["--data", "/nowhere"],
      2,
      "data must be a folder of IDX files or a Keras .npz; /nowhere does not exist",
    ],
    [
      "more images than there are",
      ["--train-size", "241"],
      2,
      "trainSize must be an integer in [1, 240], the images that validation leaves, got 241; --train-size sets it, and all takes all of them",
    ],
    ["a prior of another length", ["--prior", "0.5,0.5"], 2, "prior must have one number for each of 4 classes, got 2"],
    [
      "a rate that loses the loss",
      ["--optimizer", "sgd", "--learning-rate", "1e30"],
      1,
      "training diverged: the loss became NaN in epoch 1; lower the learning rate (1e+30)",
    ],
  ])("answers %s with one sentence and exit code", async (_, words, code, sentence) => {
    const ran = await train([...words, "--out", temporaryFolder()]);
    expect({ code: ran.code, stdout: ran.stdout }).toEqual({ code, stdout: "" });
    expect(ran.stderr.trimEnd().split("\n").at(-1)).toBe(`softlabel: ${sentence}`);
  });
});
