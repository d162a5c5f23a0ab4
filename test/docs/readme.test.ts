import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../house/imports.ts";
import { asWritten, runExample } from "./run-example.ts";

/** The code blocks that use the library and nothing else. */
function examplesOf(text: string): string[] {
  return [...text.matchAll(/```(?:ts|js)\n([\s\S]*?)```/g)]
    .map(([, code = ""]) => code)
    .filter(
      (code) => /from "softlabel/.test(code) && !/from "(?!softlabel(?:"|\/(?:calibration|statistics)"))/.test(code),
    );
}

describe.each(["README.md", "README.zh-CN.md"])("%s", (file) => {
  const text = existsSync(join(root, file)) ? readFileSync(join(root, file), "utf8") : "";
  const examples = examplesOf(text);

  it("has an example of the library", () => {
    expect(examples).not.toEqual([]);
  });

  it.each(examples.map((code, i) => ({ code, number: i + 1 })))(
    "example $number runs and gives what it shows",
    async ({ code }) => {
      for (const { values, written } of await runExample(code)) {
        expect(values.map((value, i) => asWritten(value, written[i] ?? ""))).toEqual(written);
      }
    },
  );

  it("links only to files that exist", () => {
    const links = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)/g)].map(([, link = ""]) => link);
    expect(links.filter((link) => !existsSync(join(root, link)))).toEqual([]);
  });

  it("names only options that the commands have", () => {
    const named = [...text.matchAll(/softlabel (compare|train|explain)\b([^\n`]*)/g)];
    for (const [, command = "", rest = ""] of named) {
      const source = readFileSync(join(root, `packages/softlabel-cli/src/commands/${command}.ts`), "utf8");
      const options = [...rest.matchAll(/(--[a-z-]+)/g)].map(([, option = ""]) => option);
      expect(options.filter((option) => option !== "--help" && !source.includes(`"${option}`))).toEqual([]);
    }
  });
});
