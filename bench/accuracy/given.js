// What every contender is given: rows of N(0, σ) logits and a label each, in one folder per case; and where it leaves
// its answer, NAME.losses.f64 with one loss per row and NAME.gradient.f32, the gradient of their sum.
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { uniform } from "../loss/given.js";

export const labelSmoothing = 0.1;

const rowsOf = { 10: 4096, 1000: 512, 32000: 64, 128256: 32 };
const deviations = [1, 5, 30];

/** Every case, small ones first. */
export const cases = Object.entries(rowsOf).flatMap(([classes, rows]) =>
  deviations.map((deviation) => ({
    name: `${classes}-${deviation}`,
    rows,
    classes: Number(classes),
    deviation,
  })),
);

/** @param {{ rows: number, classes: number, deviation: number }} given */
export function writeCase(folder, { rows, classes, deviation }) {
  const random = uniform(classes * 31 + deviation);
  const normal = () => deviation * Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const logits = Float32Array.from({ length: rows * classes }, normal);
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  mkdirSync(folder);
  writeFileSync(join(folder, "logits.f32"), logits);
  writeFileSync(join(folder, "labels.i32"), labels);
  writeFileSync(join(folder, "case.json"), JSON.stringify({ rows, classes }));
}

export function readCase(folder) {
  const { rows, classes } = JSON.parse(readFileSync(join(folder, "case.json"), "utf8"));
  const logits = new Float32Array(numbers(folder, "logits.f32"));
  return { rows, classes, logits, labels: new Int32Array(numbers(folder, "labels.i32")) };
}

export function writeAnswer(folder, name, losses, gradient) {
  writeFileSync(join(folder, `${name}.losses.f64`), Float64Array.from(losses));
  writeFileSync(join(folder, `${name}.gradient.f32`), Float32Array.from(gradient));
}

export function readAnswer(folder, name) {
  return {
    losses: new Float64Array(numbers(folder, `${name}.losses.f64`)),
    gradient: new Float32Array(numbers(folder, `${name}.gradient.f32`)),
  };
}

function numbers(folder, name) {
  const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
  return buffer.slice(byteOffset, byteOffset + byteLength);
}

/** Answers the cases in the folders that the command line names, after `words` words. */
export async function answerCases(name, words, losses) {
  for (const folder of process.argv.slice(2 + words)) {
    const answer = await losses(readCase(folder));
    writeAnswer(folder, name, answer.losses, answer.gradient);
  }
}
