import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../../src/commands/command-line.ts";

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

let stdout = "";
beforeEach(() => {
  stdout = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    stdout += text;
    return true;
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllEnvs();
});

async function run(...words: string[]): Promise<Ran> {
  let stderr = "";
  // Help that nobody asked for goes to stderr by commander's own hand.
  vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const code = await runCommandLine(words, process.stderr);
  return { code, stdout, stderr };
}

const row = ["explain", "--logits", "2,1,0", "--label", "0"];

describe("softlabel --help", () => {
  it("lists every command with a line and shows examples", async () => {
    const { code, stdout, stderr } = await run("--help");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    for (const name of ["compare", "adversarial", "train", "explain"])
      expect(stdout).toMatch(new RegExp(`^  ${name} .*\\S`, "m"));
    expect(stdout).toContain("Examples:\n  softlabel compare");
  });

  it("gives its version", async () => {
    expect(await run("--version")).toEqual({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/), stderr: "" });
  });

  it("is shown for no command at all, which is wrong usage", async () => {
    const { code, stdout, stderr } = await run();
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toContain("Usage: softlabel");
  });

  it.each(["compare", "adversarial", "train", "explain"])(
    "%s --help describes its options and shows examples",
    async (name) => {
      const { code, stdout, stderr } = await run(name, "--help");
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout).toContain(`Usage: softlabel ${name}`);
      expect(stdout).toMatch(/--json/);
      expect(stdout).toMatch(new RegExp(`Examples:\n  .*softlabel ${name}`));
      expect(stdout).toBe((await run("help", name)).stdout.slice(stdout.length));
    },
  );

  it.each(["compare", "adversarial", "train", "explain"])("%s --help fits 120 columns", async (name) => {
    const { stdout } = await run(name, "--help");
    expect(stdout.split("\n").filter((line) => line.length > 120)).toEqual([]);
  });
});

describe("what is typed wrong ends in one sentence and exit code 2", () => {
  it.each([
    [["explian"], "softlabel: unknown command 'explian'; did you mean explain?\n"],
    [["dance"], "softlabel: unknown command 'dance'; --help lists what there is\n"],
    [["explain", "--epsilom", "1"], "softlabel: unknown option '--epsilom'; did you mean --epsilon?\n"],
    [["--jsn", "explain"], "softlabel: unknown option '--jsn'; --help lists what there is\n"],
    [["explain", "--logits"], "softlabel: option '--logits <list>' argument missing; --help lists what there is\n"],
    [
      [...row, "more"],
      "softlabel: too many arguments for 'explain'; expected 0 arguments but got 1; --help lists what there is\n",
    ],
    [[...row, "--epsilon", "1.5"], 'softlabel: --epsilon must be a number from 0 to 1, got "1.5"\n'],
  ])("%j", async (words, stderr) => {
    expect(await run(...words)).toEqual({ code: 2, stdout: "", stderr });
  });

  it("shows where it happened only when asked", async () => {
    const words = [...row, "--epsilon", "x"];
    expect((await run(...words)).stderr).not.toContain(" at ");
    vi.stubEnv("SOFTLABEL_DEBUG", "1");
    expect((await run(...words)).stderr).toMatch(/UsageError: --epsilon must be .*\n\s+at /);
  });
});
