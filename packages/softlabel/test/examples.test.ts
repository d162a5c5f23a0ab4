import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import * as core from "softlabel";
import * as calibration from "softlabel/calibration";
import * as statistics from "softlabel/statistics";
import { describe, expect, it } from "vitest";

interface Example {
  readonly file: string;
  readonly code: string;
}

/** The `@example` blocks of a room's files. */
function examplesOf(room: string): Example[] {
  const folder = fileURLToPath(new URL(`../src/${room}/`, import.meta.url));
  const files = readdirSync(folder).filter((name) => name.endsWith(".ts"));
  return files.flatMap((name) =>
    [...readFileSync(folder + name, "utf8").matchAll(/@example\n((?: \* (?!@).*\n)+)/g)].map(([, block]) => ({
      file: `${room}/${name}`,
      code: block.replaceAll(/^ \* /gm, ""),
    })),
  );
}

const rooms = ["core", "kernels", "calibration", "calibration/recalibration", "calibration/intervals", "statistics"];
const examples = rooms.flatMap(examplesOf);

describe("the examples of the documentation", () => {
  for (const { file, code } of examples) {
    it(`hold: ${file}, ${code.trim().split("\n").at(-1)}`, () => {
      // `expression; // value` becomes a check of the value; what has no such comment only runs.
      const body = code.replaceAll(/^(.*); \/\/ (.*)$/gm, "check($1, $2);");
      expect(body).toContain("check(");
      const names = { ...core, ...calibration, ...statistics, check };
      new Function(...Object.keys(names), body)(...Object.values(names));
    });
  }

  it("are there", () => {
    expect(examples.length).toBeGreaterThanOrEqual(10);
  });
});

/** Up to the eight decimals that examples show, cut or rounded. */
function check(actual: number | ArrayLike<number>, shown: number | number[]): void {
  const [actuals, wanted] = [actual, shown].map((value) => (typeof value === "number" ? [value] : Array.from(value)));
  expect(actuals.length).toBe(wanted.length);
  for (const [i, value] of actuals.entries())
    expect(Math.abs(value - wanted[i]), `got ${value} for ${wanted[i]}`).toBeLessThan(1e-7);
}
