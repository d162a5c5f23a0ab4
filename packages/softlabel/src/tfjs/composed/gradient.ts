import { exp, mul, reshape, softmax, sub, sum, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";
import type { Call } from "../read-call.ts";
import type { Composition } from "./loss.ts";
import { times, timesMass, zeroWhere } from "./per-row.ts";
import { column, fromRows, step } from "./rows.ts";
import { type LogSums, marked, massOf } from "./statistics.ts";
import { isIndices, oneHot, wholeTargets } from "./targets.ts";

/** upstream·scale, what each row's gradient is multiplied by: of shape [rows, 1], or [1, 1] where it is the same for all. */
export function upstreamOfRows(upstream: Tensor, { call, scales }: Composition): Tensor2D {
  return mul(upstreamColumn(upstream, call), scales.scale) as Tensor2D;
}

/** What arrives at each row's loss, of shape [rows, 1] or, where it is the same for all, [1, 1]. */
export function upstreamColumn(upstream: Tensor, { options }: Call): Tensor2D {
  return options.reduction === "none" ? column(upstream) : reshape(upstream, [1, 1]);
}

/**
 * ∂ Σ loss / ∂ logits, of the logits' shape:
 *
 *     s·(m·p − t),   p = exp(z − top − logSum),   m = Σ t,   t = a·u + b·q
 *
 * Intermediate results are disposed of one by one: they are as large as the logits.
 */
export function composedGradient(upstream: Tensor, composition: Composition, { top, logSum }: LogSums): Tensor {
  const { call, z, targets } = composition;
  const { classes } = call.at;
  const { a, b, u, q } = targets;
  const s = upstreamOfRows(upstream, composition);
  const shift = step(sub(z, top), (x) => sub(x, logSum));
  let g = step(step(shift, exp), (p) => mul(p, timesMass(s, massOf(targets, classes))));
  if (a !== 0) {
    const smooth = mul(s, typeof u === "number" ? times(a, u) : a);
    g = step(g, (x) => sub(x, typeof u === "number" ? smooth : mul(smooth, u)));
  }
  if (b !== 0) {
    const hard = mul(s, b);
    const labels = isIndices(q) ? oneHot(q, classes) : q;
    g = step(g, (x) => sub(x, mul(labels, hard)));
  }
  return fromRows(withoutIdleRows(g, s, composition), call.at);
}

/** The same from operations that can be differentiated again. */
export function differentiableGradient(upstream: Tensor, composition: Composition): Tensor {
  const { call, z, targets } = composition;
  const s = marked(upstreamOfRows(upstream, composition), targets.q);
  const t = wholeTargets(targets, call);
  const g = mul(s, sub(mul(softmax(z), sum(t, 1, true)), t)) as Tensor2D;
  return fromRows(withoutIdleRows(g, s, composition), call.at);
}

/** Rows that are left out have no gradient, whatever their logits are: 0·NaN would be NaN. */
function withoutIdleRows(g: Tensor2D, s: Tensor2D, { scales }: Composition): Tensor2D {
  if (typeof scales.scale === "number") return g;
  return zeroWhere(s, g);
}
