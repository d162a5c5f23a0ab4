// What both sides are given: logits and labels in raw little-endian files.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

export const shapes = [
  { rows: 10_000, classes: 10 },
  { rows: 10_000, classes: 1_000 },
];

/** Logits about N(0, 2²), the label's raised by about N(4, 3²): a model that is right on some rows and sure of too many. */
export function problem({ rows, classes }) {
  const random = uniform(rows + 31 * classes);
  const normal = () => Math.sqrt(-2 * Math.log(random())) * Math.cos(2 * Math.PI * random());
  const logits = Float32Array.from({ length: rows * classes }, () => 2 * normal());
  const labels = Int32Array.from({ length: rows }, () => Math.floor(random() * classes));
  labels.forEach((label, row) => {
    logits[row * classes + label] += 4 + 3 * normal();
  });
  return { rows, classes, logits, labels };
}

/** @param {string} folder */
export function writeProblem(folder, { logits, labels }) {
  writeFileSync(join(folder, "logits.f32"), logits);
  writeFileSync(join(folder, "labels.i32"), labels);
}

/** @param {string} folder - of {@link writeProblem} */
export function readProblem(folder, { rows, classes }) {
  const bytes = (name) => {
    const { buffer, byteOffset, byteLength } = readFileSync(join(folder, name));
    return buffer.slice(byteOffset, byteOffset + byteLength);
  };
  return {
    rows,
    classes,
    logits: new Float32Array(bytes("logits.f32")),
    labels: new Int32Array(bytes("labels.i32")),
  };
}

/** A linear congruential generator on (0, 1), Numerical Recipes' constants. */
function uniform(seed) {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
}
