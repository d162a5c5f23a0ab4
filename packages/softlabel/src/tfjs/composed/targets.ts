import {
  add,
  broadcastTo,
  cast,
  equal,
  gather,
  matMul,
  mul,
  range,
  reshape,
  sub,
  sum,
  type Tensor2D,
  tensor,
  tensor1d,
  tensor2d,
} from "@tensorflow/tfjs-core";
import { readClassWeights } from "../../core/class-weights.ts";
import type { Call } from "../read-call.ts";
import { type Indices, lookUp } from "./labels.ts";
import { type PerRow, plus, times, xLogX } from "./per-row.ts";
import { column } from "./rows.ts";
import { type ClassPrior, inverseOthers, readRowShares } from "./shares.ts";

/**
 * The smoothed labels of a call without building them:
 *
 *     t = a·u + b·q
 *
 * q′ times the class weights where these weigh classes, else q′ itself. Of class indices under "other-classes" u is û of
 * all classes, and a and b make up for it: û without the label is (û − û[label]·q)/(1 − û[label]).
 */
export interface Targets {
  readonly a: PerRow;
  readonly b: PerRow;
  /** One number for every class, or of shape [1, classes] or [rows, classes]. */
  readonly u: number | Tensor2D;
  /** Indices stand for a q that is 1 at the label. */
  readonly q: Indices | Tensor2D;
}

/** @throws {@link ArgumentError} if ε or the class weights are wrong. */
export function readTargets(q: Indices | Tensor2D, prior: ClassPrior, call: Call): Targets {
  const targets = isIndices(q) ? ofIndices(q, prior, call) : ofDistributions(q, prior, call);
  const weights = readClassWeights(call.at, call.options);
  if (weights?.weighting !== "pytorch") return targets;
  const perClass = tensor2d(Float32Array.from(weights.values), [1, call.at.classes]);
  const u = mul(perClass, targets.u) as Tensor2D;
  if (!isIndices(q)) return { ...targets, u, q: mul(q, perClass) };
  return { ...targets, u, b: times(targets.b, lookUp(reshape(perClass, [call.at.classes]), q.label)) };
}

function ofIndices(q: Indices, prior: ClassPrior, call: Call): Targets {
  const { hard, smooth } = shares(call);
  const { classes } = call.at;
  if (prior.kind === "matrix") return { a: smooth, b: hard, u: gather(priorTable(prior, classes), q.label), q };
  const u = prior.kind === "uniform" ? prior.value : priorTable(prior, classes);
  if (call.options.convention !== "other-classes") return { a: smooth, b: hard, u, q };
  if (prior.kind === "uniform") {
    const others = classes - 1;
    if (others === 0) return { a: 0, b: plus(hard, smooth), u, q };
    return { a: times(smooth, 1 / (prior.value * others)), b: plus(hard, times(smooth, -1 / others)), u, q };
  }
  const inverse = inverseOthers(prior.values, classes);
  const back = inverse.map((each, i) => (each > 0 ? -prior.values[i] * each : 1));
  const ofLabel = (values: Float32Array): Tensor2D => {
    const table = values.length === classes ? tensor1d(values) : tensor(values, [values.length / classes, classes]);
    return lookUp(table, q.label);
  };
  return { a: times(smooth, ofLabel(inverse)), b: plus(hard, times(smooth, ofLabel(back))), u, q };
}

function ofDistributions(q: Tensor2D, prior: ClassPrior, call: Call): Targets {
  const { hard, smooth } = shares(call);
  const { classes } = call.at;
  if (prior.kind === "matrix") return { a: smooth, b: hard, u: matMul(q, priorTable(prior, classes)), q };
  if (call.options.convention !== "other-classes") {
    return { a: smooth, b: hard, u: prior.kind === "uniform" ? prior.value : priorTable(prior, classes), q };
  }
  // u[k] = û[k]·Σ q[j]/(1 − û[j]) over j ≠ k
  const { table, inverse, alone } = otherClasses(prior, classes);
  const given = mul(q, inverse);
  const u = add(mul(table, sub(sum(given, 1, true), given)), mul(q, alone)) as Tensor2D;
  return { a: smooth, b: hard, u, q };
}

/** û, 1/(1 − û) and where that does not exist, each of shape [1, classes] or [rows, classes]. */
export function otherClasses(
  prior: ClassPrior,
  classes: number,
): { readonly table: Tensor2D; readonly inverse: Tensor2D; readonly alone: Tensor2D } {
  const values = prior.kind === "uniform" ? new Float32Array(classes).fill(prior.value) : prior.values;
  const inverse = inverseOthers(values, classes);
  const shaped = (numbers: Float32Array): Tensor2D => tensor2d(numbers, [numbers.length / classes, classes]);
  return { table: shaped(values), inverse: shaped(inverse), alone: shaped(inverse.map((each) => (each > 0 ? 0 : 1))) };
}

/** Shape [1, classes], [rows, classes] or [classes, classes]. */
export function priorTable({ values }: Exclude<ClassPrior, { kind: "uniform" }>, classes: number): Tensor2D {
  return tensor2d(values, [values.length / classes, classes]);
}

function shares(call: Call): { readonly hard: PerRow; readonly smooth: PerRow } {
  const { hard, smooth } = readRowShares(call);
  const perRow = (share: number | Float32Array): PerRow =>
    typeof share === "number" ? share : column(tensor1d(share));
  return { hard: perRow(hard), smooth: perRow(smooth) };
}

/** t itself, of shape [rows, classes]: for what the loss does without, its floor and its second derivative. */
export function wholeTargets({ a, b, u, q }: Targets, { at: { classes, rows } }: Call): Tensor2D {
  const distributions = isIndices(q) ? oneHot(q, classes) : q;
  const hard = mul(distributions, b) as Tensor2D;
  return broadcastTo(typeof u === "number" ? add(hard, times(a, u)) : add(hard, mul(u, a)), [rows, classes]);
}

/** q of class indices: 1 at the label. */
export function oneHot({ raw }: Indices, classes: number): Tensor2D {
  return cast(equal(raw, reshape(range(0, classes, 1, "float32"), [1, classes])), "float32");
}

/** Σt·H(t/Σt), the least that Σ t·(−log p) can be; shape [rows, 1]. */
export function floorOf(t: Tensor2D): Tensor2D {
  return sub(xLogX(sum(t, 1, true)), sum(xLogX(t), 1, true));
}

export const isIndices = (q: Targets["q"]): q is Indices => "label" in q;
