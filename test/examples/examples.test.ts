import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { root } from "../house/imports.ts";

const folder = join(root, "examples");

interface Ran<Exports> {
  readonly exports: Exports;
  readonly lines: readonly string[];
}

/** Runs an example against the sources; what it prints is kept, what it exports is what a test relates. */
async function ran<Exports>(name: string): Promise<Ran<Exports>> {
  const lines: string[] = [];
  const log = vi.spyOn(console, "log").mockImplementation((line) => void lines.push(String(line)));
  try {
    return { exports: (await import(join(folder, name))) as Exports, lines };
  } finally {
    log.mockRestore();
  }
}

/** The numbers of a line. */
const numbersOf = (line = ""): number[] =>
  Array.from(line.matchAll(/-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/g), ([n]) => Number(n));

interface Loss {
  readonly loss: number;
  readonly gradLogits: { readonly data: ArrayLike<number> };
}

describe("examples/training-loop.js", () => {
  it("trains a hand-written net: the loss falls from epoch to epoch, and it reads most digits", async () => {
    const { exports, lines } = await ran<{ losses: number[]; accuracy: number }>("training-loop.js");
    const { losses, accuracy } = exports;
    expect(losses).toEqual([...losses].sort((a, b) => b - a));
    expect(losses.at(-1)).toBeLessThan(0.6 * losses[0]);
    expect(accuracy).toBeGreaterThan(0.8);
    expect(lines.length).toBe(losses.length + 1);
    expect(numbersOf(lines[0])[1]).toBeCloseTo(losses[0], 3);
    expect(numbersOf(lines.at(-1))[1]).toBeCloseTo(accuracy, 3);
  });
});

describe("examples/gradient-accumulation.js", () => {
  it("adds pieces up to the batch with normalizer, and not without", async () => {
    interface Piece {
      readonly loss: number;
      readonly gradient: readonly number[];
    }
    const { exports, lines } = await ran<{ whole: Loss; accumulated: Piece; averaged: Piece }>(
      "gradient-accumulation.js",
    );
    const { whole, accumulated, averaged } = exports;
    const farthest = ({ gradient }: Piece): number =>
      gradient.reduce((most, g, i) => Math.max(most, Math.abs(g - whole.gradLogits.data[i])), 0);
    // float32: an entry of at most 1/7 is rounded by 2⁻²⁷ at most.
    expect(farthest(accumulated)).toBeLessThan(2 ** -26);
    expect(accumulated.loss).toBeCloseTo(whole.loss, 6);
    expect(farthest(averaged)).toBeGreaterThan(0.01);
    expect(lines.map((line) => numbersOf(line)[0])).toEqual(
      [whole, accumulated, averaged].map(({ loss }) => Number(loss.toFixed(6))),
    );
  });
});

describe("examples/class-imbalance.js", () => {
  it("class weights raise the mean recall, and the prior gives the common class back what they took", async () => {
    type Recall = { readonly mean: number; readonly of: readonly number[] };
    const { exports, lines } = await ran<{ frequencies: number[]; recalls: Record<string, Recall> }>(
      "class-imbalance.js",
    );
    const [plain, weighted, withPrior] = Object.values(exports.recalls);
    expect(exports.frequencies[0]).toBeGreaterThan(0.9);
    expect(exports.frequencies.reduce((sum, frequency) => sum + frequency, 0)).toBeCloseTo(1, 12);
    expect(weighted.mean).toBeGreaterThan(2 * plain.mean);
    expect(withPrior.mean).toBeGreaterThan(2 * plain.mean);
    expect(withPrior.of[0]).toBeGreaterThan(weighted.of[0]);
    expect(lines.slice(1).map((line) => numbersOf(line).at(-1))).toEqual(
      [plain, weighted, withPrior].map(({ mean }) => Number(mean.toFixed(3))),
    );
  });
});

describe("examples/characters.js", () => {
  it("learns the text; padding and characters outside of it have no gradient", async () => {
    const { exports, lines } = await ran<{
      losses: number[];
      last: Loss & { crossEntropy: number; floor: number };
      labels: { data: number[] };
      allowed: number[];
      unmasked: number;
    }>("characters.js");
    const { losses, last, labels, allowed, unmasked } = exports;
    const gradient = Array.from(last.gradLogits.data);
    const classes = allowed.length;
    expect(losses[0]).toBeCloseTo(Math.log(allowed.filter((can) => can === 1).length), 10);
    expect(losses.at(-1)).toBeLessThan(0.5 * losses[0]);
    expect(last.loss).toBeGreaterThan(last.floor);
    const padding = labels.data.flatMap((label, row) =>
      label < 0 ? gradient.slice(row * classes, (row + 1) * classes) : [],
    );
    expect(padding.length).toBeGreaterThan(0);
    expect(padding.filter((g) => g !== 0)).toEqual([]);
    const outside = gradient.filter((_, i) => allowed[i % classes] === 0);
    expect(outside.length).toBeGreaterThan(0);
    expect(outside.filter((g) => g !== 0)).toEqual([]);
    expect(gradient.some((g) => g !== 0)).toBe(true);
    expect(unmasked).toBe(Infinity);
    expect(lines.at(-1)).toBe("without allowed the loss would be Infinity");
  });
});

describe("examples/onnx-logits.js", () => {
  it("judges a model in ONNX: its smoothed loss stands on a floor, its crossEntropy does not", async () => {
    const { exports, lines } = await ran<{ judged: Loss; floor: number; crossEntropy: number; accuracy: number }>(
      "onnx-logits.js",
    );
    const { judged, floor, crossEntropy, accuracy } = exports;
    expect(floor).toBeCloseTo(-0.91 * Math.log(0.91) - 0.09 * Math.log(0.01), 6);
    expect(judged.loss).toBeGreaterThan(floor);
    expect(crossEntropy).toBeLessThan(floor);
    expect(accuracy).toBeGreaterThan(0.9);
    expect(lines.map((line) => numbersOf(line).at(-1))).toEqual([
      Number(floor.toFixed(4)),
      Number(crossEntropy.toFixed(4)),
      Number(accuracy.toFixed(3)),
    ]);
  });
});

describe("examples", () => {
  it("are all run here and listed in their README", () => {
    const scripts = readdirSync(folder).filter((name) => name.endsWith(".js") && name !== "mnist.js");
    const pages = readdirSync(folder).filter((name) => name.endsWith(".html"));
    const trainers = readdirSync(join(folder, "trainers"));
    const files = [import.meta.filename, join(import.meta.dirname, "trainers.test.ts"), join(folder, "README.md")];
    const [tests, trainerTests, readme] = files.map((file) => readFileSync(file, "utf8")) as [string, string, string];
    expect(scripts.filter((name) => !tests.includes(`describe("examples/${name}"`))).toEqual([]);
    expect(trainers.filter((name) => !trainerTests.includes(`example("${name}")`))).toEqual([]);
    const listed = [...scripts, ...pages, ...trainers.map((name) => `trainers/${name}`)];
    expect(listed.filter((name) => !readme.includes(`(${name})`))).toEqual([]);
  });
});
