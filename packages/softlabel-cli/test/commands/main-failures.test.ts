import { readFileSync } from "node:fs";
import { Command } from "commander";
import { ArgumentError } from "softlabel";
import { expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";
import { RunFailure, UsageError } from "../../src/commands/console.ts";

let fail: () => void = () => {};
vi.mock("../../src/commands/explain.ts", () => ({
  explainCommand: (): Command => new Command("explain").action(() => fail()),
}));

async function outcome(action: () => void): Promise<{ readonly code: number; readonly stderr: string }> {
  fail = action;
  let stderr = "";
  const code = await runCommandLine(["explain"], { write: (text) => (stderr += text) });
  return { code, stderr };
}

const raise = (error: unknown) => (): never => {
  throw error;
};

it("a mistake of the user's is exit code 2, whoever finds it", async () => {
  expect(await outcome(raise(new UsageError("--x must be y, got z")))).toEqual({
    code: 2,
    stderr: "softlabel: --x must be y, got z\n",
  });
  expect((await outcome(raise(new ArgumentError("data must exist")))).code).toBe(2);
  // From a bundle that has its own copy of the class.
  const foreign = Object.assign(new RangeError("data must exist"), { name: "ArgumentError" });
  expect(await outcome(raise(foreign))).toEqual({ code: 2, stderr: "softlabel: data must exist\n" });
});

it("a run that failed is exit code 1, in its own words or the system's", async () => {
  expect(await outcome(raise(new RunFailure("training diverged")))).toEqual({
    code: 1,
    stderr: "softlabel: training diverged\n",
  });
  const { code, stderr } = await outcome(() => readFileSync("/nowhere/at/all"));
  expect({ code, stderr }).toEqual({
    code: 1,
    stderr: "softlabel: ENOENT: no such file or directory, open '/nowhere/at/all'\n",
  });
});

it("a fault of the program's is exit code 1, says so, and shows no stack", async () => {
  const fault = "softlabel: unexpected failure: x is not a function (SOFTLABEL_DEBUG=1 shows where)\n";
  expect(await outcome(raise(new TypeError("x is not a function")))).toEqual({ code: 1, stderr: fault });
  expect((await outcome(raise("a string"))).stderr).toContain("unexpected failure: a string");
});

it("a run that ends well is exit code 0", async () => {
  expect(await outcome(() => {})).toEqual({ code: 0, stderr: "" });
});
