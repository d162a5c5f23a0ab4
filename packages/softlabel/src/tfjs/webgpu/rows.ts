import { broadcastTo, concat, mul, slice, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import { upstreamOfRows } from "../composed/gradient.ts";
import type { Composition } from "../composed/loss.ts";
import { type PerRow, times } from "../composed/per-row.ts";
import { fromRows } from "../composed/rows.ts";
import { type LogSums, marked, massOf, type Statistics } from "../composed/statistics.ts";
import { isIndices, type Targets } from "../composed/targets.ts";
import { gradientProgram, runProgram, statisticsProgram, type WebgpuBackend } from "./programs.ts";

/** The statistics of the rows by one program. */
export function statisticsOnGpu(z: Tensor2D, { a, b, u, q }: Targets, backend: WebgpuBackend): Statistics {
  const ofU = a === 0 ? "none" : kindOf(u);
  const ofQ = b === 0 ? "none" : isIndices(q) ? "label" : "shares";
  const inputs = [z, ...(ofU === "shares" ? [u as Tensor2D] : []), ...(ofQ === "none" ? [] : [dataOf(q)])];
  const all = runProgram(backend, statisticsProgram(z.shape[0], ofU, ofQ), inputs);
  const column = (at: number): Tensor2D => slice(all, [0, at], [-1, 1]);
  return {
    top: column(0),
    logSum: marked(column(1), q),
    u: ofU === "none" ? undefined : column(2),
    q: ofQ === "none" ? undefined : column(3),
  };
}

/** ∂ Σ loss / ∂ logits, of the logits' shape, by one program. */
export function gradientOnGpu(
  upstream: Tensor,
  composition: Composition,
  { top, logSum }: LogSums,
  backend: WebgpuBackend,
): Tensor {
  const { call, z, targets } = composition;
  const { a, b, u, q } = targets;
  const s = upstreamOfRows(upstream, composition);
  const factor = (x: PerRow): Tensor2D => broadcastTo(mul(s, x), [call.at.rows, 1]) as Tensor2D;
  // Where u is one number the program takes 1 in its place.
  const ofU = factor(typeof u === "number" ? times(a, u) : a);
  const factors = concat([factor(massOf(targets, call.at.classes)), ofU, factor(b)], 1);
  const inputs = [z, top, logSum, factors, ...(typeof u === "number" ? [] : [u]), dataOf(q)];
  const program = gradientProgram(z.shape, kindOf(u), isIndices(q) ? "label" : "shares");
  return fromRows(runProgram(backend, program, inputs), call.at);
}

const kindOf = (u: number | Tensor2D): "one" | "shares" => (typeof u === "number" ? "one" : "shares");

const dataOf = (q: Targets["q"]): Tensor => (isIndices(q) ? q.label : q);
