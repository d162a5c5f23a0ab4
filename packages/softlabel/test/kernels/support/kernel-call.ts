import { expect } from "vitest";
import type { KernelCall } from "../../../src/kernels/kernel.ts";
import type { WasmKernel } from "../../../src/kernels/wasm-kernel.ts";
import { expectAllClose } from "../../expect-all-close.ts";
import { expectedOf } from "./reference-kernel.ts";

/** What a call is made of; everything else is drawn from the seed. */
export interface CallPlan {
  readonly rows: number;
  readonly classes: number;
  readonly seed: number;
  readonly labels: "indices" | "distributions";
  readonly prior: "uniform" | "vector";
  readonly gradient: "apart" | "in place" | "none";
  /** Whether the arrays lie in the kernel's memory. */
  readonly memory: "own" | "kernel's";
  /** One row's logits; N(0, 1) when left out. */
  readonly fill?: (row: Float32Array, index: number, random: Random) => void;
}

export interface Random {
  /** Uniform in (0, 1). */
  readonly uniform: () => number;
  readonly normal: () => number;
  /** An integer in [0, n). */
  readonly below: (n: number) => number;
}

/** Losses: 1e-6 of max(1, |loss|); gradients: 1e-6 of the row's size. What the kernel promises. */
const TOLERANCE = 1e-6;

/** Runs the kernel on the plan and compares all of its results, row by row, with float64's. */
export function expectConformance(kernel: WasmKernel, plan: CallPlan): void {
  const { call, logits, guards, free } = makeCall(kernel, plan);
  try {
    const expected = expectedOf({ ...call, logits });
    call.crossEntropy.fill(GUARD);
    call.priorCrossEntropy.fill(GUARD);
    kernel.run(call);
    const what = describePlan(plan);
    expect(
      guards().every((value) => value === GUARD),
      `${what}: writes outside its arrays`,
    ).toBe(true);
    if (call.gradient !== call.logits) expectSame(call.logits, logits, `${what}: changes the logits`);
    for (let row = 0; row < plan.rows; row++) {
      const where = `${what}: row ${row}`;
      for (const part of ["crossEntropy", "priorCrossEntropy"] as const) {
        const [a, e] = [call[part][row], expected[part][row]];
        expectAllClose([a], [e], { atol: TOLERANCE, rtol: TOLERANCE }, `${where}: ${part}`);
      }
      if (!call.gradient) continue;
      const [from, to] = [row * plan.classes, (row + 1) * plan.classes];
      const atol = TOLERANCE * expected.sizes[row] + 1e-45; // the least float32
      const got = call.gradient.subarray(from, to);
      expectAllClose(got, expected.gradient.subarray(from, to), { atol }, `${where}: gradient`);
    }
  } finally {
    free();
  }
}

function expectSame(actual: Float32Array, expected: Float32Array, message: string): void {
  expect(
    expected.every((value, i) => Object.is(actual[i], value)),
    message,
  ).toBe(true);
}

/** A call with different data in every row and lane, and guards around each array that the kernel could write beside. */
function makeCall(kernel: WasmKernel, plan: CallPlan) {
  const { rows, classes, seed, memory } = plan;
  const random = randomOf(seed);
  const addresses: number[] = [];
  const reserve = (length: number): { address: number; length: number } => {
    const address = kernel.memory.reserve(4 * (length + 2 * GUARDS));
    addresses.push(address);
    return { address: address + 4 * GUARDS, length };
  };
  // All is reserved, scratch memory by a first run too, before the first view is taken: growth empties views.
  const size = rows * classes;
  const inside = memory === "kernel's";
  const places = inside ? { logits: reserve(size), gradient: reserve(size), labels: reserve(size) } : undefined;
  if (inside) kernel.run(emptyCall(rows, classes));
  const floats = (place: { address: number; length: number } | undefined): Float32Array => {
    if (!place) return new Float32Array(size + 2 * GUARDS).fill(GUARD).subarray(GUARDS, GUARDS + size);
    const { address, length } = place;
    new Float32Array(kernel.memory.buffer, address - 4 * GUARDS, length + 2 * GUARDS).fill(GUARD);
    return new Float32Array(kernel.memory.buffer, address, length);
  };
  const logits = floats(places?.logits);
  const apart = floats(places?.gradient).fill(GUARD);
  const q = floats(places?.labels);
  for (let row = 0; row < rows; row++) {
    const z = logits.subarray(row * classes, (row + 1) * classes);
    if (plan.fill) plan.fill(z, row, random);
    else for (let k = 0; k < classes; k++) z[k] = random.normal();
    writeDistribution(q.subarray(row * classes, (row + 1) * classes), random);
  }
  const prior = plan.prior === "vector" ? new Float32Array(classes) : undefined;
  if (prior) writeDistribution(prior, random);
  const perRow = (value: () => number): Float64Array => Float64Array.from({ length: rows }, value);
  const smooth = perRow(() => [0, 1, 0.1, random.uniform()][random.below(4)]);
  const call: KernelCall = {
    rows,
    classes,
    logits,
    gradient: plan.gradient === "none" ? undefined : plan.gradient === "in place" ? logits : apart,
    labels:
      plan.labels === "indices"
        ? Int32Array.from({ length: rows }, () => (random.uniform() < 0.1 ? -1 : random.below(classes)))
        : q,
    labelSums: plan.labels === "indices" ? undefined : sumsOf(q, classes),
    prior,
    hard: smooth.map((share) => 1 - share),
    smooth,
    scale: perRow(() => (random.uniform() < 0.1 ? 0 : random.normal())),
    crossEntropy: new Float64Array(rows),
    priorCrossEntropy: new Float64Array(rows),
  };
  const guards = (): number[] =>
    [logits, apart, q].flatMap(({ buffer, byteOffset, length }) => [
      ...new Float32Array(buffer, byteOffset - 4 * GUARDS, GUARDS),
      ...new Float32Array(buffer, byteOffset + 4 * length, GUARDS),
    ]);
  return { call, logits: logits.slice(), guards, free: () => addresses.forEach(kernel.memory.free) };
}

/** Positive numbers and zeros that sum to 1, the zeros at a third of the places. */
function writeDistribution(to: Float32Array, random: Random): void {
  for (let k = 0; k < to.length; k++) to[k] = random.below(3) === 0 ? 0 : random.uniform();
  if (to.every((share) => share === 0)) to[random.below(to.length)] = 1;
  const sum = to.reduce((total, share) => total + share, 0);
  for (let k = 0; k < to.length; k++) to[k] /= sum;
}

/** The sum of each row. */
const sumsOf = (q: Float32Array, classes: number): Float64Array =>
  Float64Array.from({ length: q.length / classes }, (_, row) =>
    q.subarray(row * classes, (row + 1) * classes).reduce((sum, share) => sum + share, 0),
  );

function emptyCall(rows: number, classes: number): KernelCall {
  const zeros = (): Float64Array => new Float64Array(rows);
  return {
    rows,
    classes,
    logits: new Float32Array(rows * classes),
    gradient: new Float32Array(rows * classes),
    labels: new Float32Array(rows * classes),
    labelSums: zeros(),
    prior: new Float32Array(classes),
    hard: zeros(),
    smooth: zeros(),
    scale: zeros(),
    crossEntropy: zeros(),
    priorCrossEntropy: zeros(),
  };
}

/** Mulberry32, and Box–Muller's normals. */
function randomOf(seed: number): Random {
  let state = seed;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let x = Math.imul(state ^ (state >>> 15), 1 | state);
    x = (x + Math.imul(x ^ (x >>> 7), 61 | x)) ^ x;
    return (((x ^ (x >>> 14)) >>> 0) + 0.5) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(uniform())) * Math.cos(2 * Math.PI * uniform()),
    below: (n) => Math.floor(uniform() * n),
  };
}

function describePlan({ fill: _, ...plan }: CallPlan): string {
  return JSON.stringify(plan);
}

const GUARD = -7.25;
const GUARDS = 8;
