import {
  engine,
  exp,
  type KernelBackend,
  max,
  reshape,
  sub,
  sum,
  type Tensor,
  type Tensor2D,
} from "@tensorflow/tfjs-core";
import { upstreamColumn } from "../composed/gradient.ts";
import type { Composition } from "../composed/loss.ts";
import { fromRows, step } from "../composed/rows.ts";
import { massOf } from "../composed/statistics.ts";
import { isIndices } from "../composed/targets.ts";

/** A fragment program as the webgl backend of TensorFlow.js takes one. */
interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  readonly customUniforms: readonly { readonly name: string; readonly type: "float" }[];
  readonly userCode: string;
}

/** What the backend has and its type does not say. */
export interface WebglBackend extends KernelBackend {
  readonly runWebGLProgram: (
    program: Program,
    inputs: readonly Tensor[],
    dtype: "float32",
    customUniformValues: readonly (readonly number[])[],
  ) => { dataId: object; shape: number[]; dtype: "float32" };
}

export function isWebglBackend(backend: KernelBackend): backend is WebglBackend {
  return "runWebGLProgram" in backend;
}

/** The numbers of a call in which they are the same for all rows: class indices, one ε, one u, no weights. */
export interface Alike {
  /** Shape [rows, 1]. */
  readonly label: Tensor2D;
  readonly mass: number;
  readonly smoothShare: number;
  readonly hard: number;
  readonly scale: number;
  readonly classes: number;
}

/** @returns undefined where rows differ in more than logits and label: such a call is composed. */
export function alikeRows({ call, targets, scales }: Composition): Alike | undefined {
  const { a, b, u, q } = targets;
  const { classes } = call.at;
  const mass = massOf(targets, classes);
  if (!isIndices(q) || call.options.subtractFloor) return undefined;
  if (typeof a !== "number" || typeof b !== "number" || typeof u !== "number") return undefined;
  if (typeof scales.scale !== "number" || typeof mass !== "number" || scales.initial !== 0) return undefined;
  return { label: q.raw, mass, smoothShare: a * u, hard: b, scale: scales.scale, classes };
}

/** What p = exp(z − top)/expSum needs; shape [rows, 1] each. */
export interface ExpSums {
  readonly top: Tensor2D;
  readonly expSum: Tensor2D;
}

/** The loss of a call of equal rows, with what the gradient needs of it: reductions, and a program for each row's end. */
export function lossOnWebgl(
  { z, call }: Composition,
  alike: Alike,
  backend: WebglBackend,
): { readonly loss: Tensor } & ExpSums {
  const top = max(z, 1, true) as Tensor2D;
  const shift = sub(z, top);
  // A share of 0 drops its term: 0·∞ would be NaN.
  const shiftSum = alike.smoothShare === 0 ? [] : [sum(shift, 1, true)];
  const expSum = step(step(shift, exp), (x) => sum(x, 1, true));
  const smooth = alike.smoothShare === 0 ? "" : "- smoothShare * getShiftSum(at.x, 0)";
  const losses = run(
    backend,
    {
      variableNames: ["z", "label", "top", "expSum", ...(smooth ? ["shiftSum"] : [])],
      outputShape: [call.at.rows, 1],
      customUniforms,
      userCode: main(`
      float own = getZ(at.x, int(label)) - getTop(at.x, 0);
      result = scale * (mass * log(getExpSum(at.x, 0)) ${smooth} - (hard == 0.0 ? 0.0 : hard * own));`),
    },
    [z, alike.label, top, expSum, ...shiftSum],
    alike,
  );
  const loss = call.options.reduction === "none" ? reshape(losses, [...call.at.rowShape]) : sum(losses);
  return { loss, top, expSum };
}

/** ∂ Σ loss / ∂ logits, of the logits' shape, by one program. */
export function gradientOnWebgl(
  upstream: Tensor,
  { z, call }: Composition,
  { top, expSum }: ExpSums,
  alike: Alike,
  backend: WebglBackend,
): Tensor {
  const each = call.options.reduction === "none" ? "at.x" : "0";
  const gradient = run(
    backend,
    {
      variableNames: ["z", "label", "top", "expSum", "upstream"],
      outputShape: z.shape,
      customUniforms,
      userCode: main(`
      float p = exp(getZ(at.x, at.y) - getTop(at.x, 0)) / getExpSum(at.x, 0);
      float q = float(at.y) == label ? hard : 0.0;
      result = scale * getUpstream(${each}, 0) * (mass * p - smoothShare - q);`),
    },
    [z, alike.label, top, expSum, upstreamColumn(upstream, call)],
    alike,
  );
  return fromRows(gradient, call.at);
}

const customUniforms = (["mass", "smoothShare", "hard", "scale", "classes"] as const).map((name) => ({
  name,
  type: "float" as const,
}));

/** NaN where the label is no class, since no error can be thrown from a device. */
const main = (body: string): string => `
  void main() {
    ivec2 at = getOutputCoords();
    float label = getLabel(at.x, 0);
    float result = NAN;
    if (label >= 0.0 && label < classes && floor(label) == label) {${body}
    }
    setOutput(result);
  }`;

function run(backend: WebglBackend, program: Program, inputs: readonly Tensor[], alike: Alike): Tensor2D {
  const values = customUniforms.map(({ name }) => [alike[name]]);
  return engine().makeTensorFromTensorInfo(backend.runWebGLProgram(program, inputs, "float32", values)) as Tensor2D;
}
