import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as core from "@tensorflow/tfjs-core";
import * as layers from "@tensorflow/tfjs-layers";
import * as softlabel from "softlabel";
import * as adapter from "softlabel/tfjs";
import { beforeAll, describe, expect, it } from "vitest";
import { useBackend } from "../../packages/softlabel/test/tfjs/backends.ts";
import type { PeerCase } from "../../packages/softlabel/test/tfjs/peer-cases.ts";
import { root } from "../house/imports.ts";
import { missingParts, pythonWith } from "../optional-parts/optional-parts.ts";
import { asWritten } from "./run-example.ts";

const page = readFileSync(join(root, "docs/migration.md"), "utf8");

/** What `@tensorflow/tfjs` gives: the core and the layers in one. */
const modules: Readonly<Record<string, unknown>> = {
  "@tensorflow/tfjs": { ...core, ...layers },
  softlabel,
  "softlabel/tfjs": adapter,
};

interface Section {
  readonly title: string;
  readonly text: string;
}

const sections: Section[] = page
  .split(/^## /m)
  .slice(1)
  .map((text) => ({ title: text.slice(0, text.indexOf("\n")), text }));

/** The blocks of one language, as one program. */
function program({ text }: Section, language: "ts" | "python"): string {
  const blocks = [...text.matchAll(new RegExp(`\`\`\`${language}\n([\\s\\S]*?)\`\`\``, "g"))];
  return blocks.map(([, code]) => code).join("\n");
}

/** The numbers that the comments of a program show, line by line. */
const shown = (code: string, comment: string): string[][] =>
  [...code.matchAll(new RegExp(`${comment} ([-\\d., ]+)$`, "gm"))].map(([, numbers]) => numbers.split(", "));

/** Runs a program; gives the numbers of each expression that has a comment with its value. */
function run(code: string): number[][] {
  const body = code
    .replaceAll(/^import \* as (\w+) from "(.*)";$/gm, 'const $1 = modules["$2"];')
    .replaceAll(/^import (\{.*\}) from "(.*)";$/gm, 'const $1 = modules["$2"];')
    .replaceAll(/^(\S.*); \/\/ [-\d., ]+$/gm, "record($1);");
  const recorded: number[][] = [];
  const record = (value: core.Tensor | core.Tensor[]): void => {
    recorded.push([value].flat().flatMap((tensor) => [...tensor.dataSync()]));
  };
  new Function("modules", "record", body)(modules, record);
  return recorded;
}

const written = (values: number[][], texts: string[][]): string[][] =>
  values.map((numbers, line) => numbers.map((value, i) => asWritten(value, texts[line]?.[i] ?? "")));

describe("docs/migration.md", () => {
  beforeAll(() => useBackend("cpu"));

  it("has four sections, each with a before and an after", () => {
    expect(sections.map(({ title }) => title)).toEqual([
      "From `tf.losses.softmaxCrossEntropy`",
      "From the losses of `model.compile`",
      "From Keras",
      "From PyTorch",
    ]);
    for (const section of sections) {
      const lines = [...shown(program(section, "ts"), "//"), ...shown(program(section, "python"), "#")];
      expect(lines.length, section.title).toBeGreaterThanOrEqual(3);
    }
  });

  it.each(sections)("$title: every line gives what stands beside it", (section) => {
    const code = program(section, "ts");
    const texts = shown(code, "//");
    expect(written(run(code), texts)).toEqual(texts);
  });

  it("quotes Keras' own tests", () => {
    const { cases }: { cases: PeerCase[] } = JSON.parse(
      readFileSync(join(root, "packages/softlabel/test/fixtures/peers.json"), "utf8"),
    );
    const keras = cases.filter(({ peer, throws }) => peer === "keras" && throws === undefined);
    for (const [number] of shown(program(sections[2], "python"), "#")) {
      expect(keras.map(({ expected }) => asWritten(Number(expected), number))).toContain(number);
    }
  });

  it.skipIf(missingParts("[needs torch]")?.length)("shows what PyTorch gives [needs torch]", () => {
    const code = program(sections[3], "python");
    const texts = shown(code, "#");
    const body = code.replaceAll(/^(\w.*\)) {2}# [-\d., ]+$/gm, "print(float($1))");
    const { stdout, stderr } = spawnSync(pythonWith("torch") as string, ["-c", body], { encoding: "utf8" });
    expect(stderr).toBe("");
    const values = stdout
      .trim()
      .split("\n")
      .map((line) => [Number(line)]);
    expect(written(values, texts)).toEqual(texts);
    // And the lines after "becomes" say the same.
    expect(shown(program(sections[3], "ts"), "//").slice(0, texts.length)).toEqual(texts);
  });
});
