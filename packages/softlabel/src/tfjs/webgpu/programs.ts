import { engine, type KernelBackend, type Tensor, type Tensor2D } from "@tensorflow/tfjs-core";

/** A compute program as the webgpu backend of TensorFlow.js takes one. */
export interface Program {
  readonly variableNames: readonly string[];
  readonly outputShape: readonly number[];
  /** Programs with one key, and inputs of the same ranks and types, share a pipeline. */
  readonly shaderKey: string;
  readonly dispatchLayout: { readonly x: readonly number[] };
  readonly dispatch: readonly [number, number, number];
  readonly workgroupSize: readonly [number, number, number];
  /** Without it the backend would not bind the size. */
  readonly size: boolean;
  readonly getUserCode: () => string;
}

/** What the backend has and its type does not say. */
export interface WebgpuBackend extends KernelBackend {
  readonly runWebGPUProgram: (
    program: Program,
    inputs: readonly Tensor[],
    dtype: "float32",
  ) => { dataId: object; shape: number[]; dtype: "float32" };
}

export function isWebgpuBackend(backend: KernelBackend): backend is WebgpuBackend {
  return "runWebGPUProgram" in backend;
}

export function runProgram(backend: WebgpuBackend, program: Program, inputs: readonly Tensor[]): Tensor2D {
  return engine().makeTensorFromTensorInfo(backend.runWebGPUProgram(program, inputs, "float32")) as Tensor2D;
}

const THREADS = 64;

/**
 * What a pass over the logits leaves of each row, a workgroup for each; shape [rows, 4]:
 *
 *     top = max z,   log Σ exp(z − top),   Σ u·(z − top),   Σ q·(z − top)
 *
 * @param u - Of shape [1, classes] or [rows, classes]; "one": 1 for every class.
 * @param q - "label": class indices of shape [rows], int32; "shares": of shape [rows, classes]; "none": no loss is wanted.
 */
export function statisticsProgram(rows: number, u: "one" | "shares" | "none", q: "label" | "shares" | "none"): Program {
  // What is 0 must drop its term: 0·∞ would turn a masked logit into NaN.
  const uTerm = {
    none: "",
    one: "uSum += shift;",
    shares: "let share = u[(row % uniforms.uShape[0]) * classes + k]; if (share > 0.0) { uSum += share * shift; }",
  }[u];
  const qTerm = {
    none: "",
    label: "if (k == label[row]) { qSum += shift; }",
    shares: "let part = q[start + k]; if (part > 0.0) { qSum += part * shift; }",
  }[q];
  const code = `
    var<workgroup> parts : array<f32, ${THREADS}>;

    fn sumOf(value : f32, thread : i32) -> f32 {
      parts[thread] = value;
      workgroupBarrier();
      for (var half = ${THREADS / 2}; half > 0; half = half >> 1u) {
        if (thread < half) { parts[thread] = parts[thread] + parts[thread + half]; }
        workgroupBarrier();
      }
      let sum = parts[0];
      workgroupBarrier();
      return sum;
    }

    fn maxOf(value : f32, thread : i32) -> f32 {
      parts[thread] = value;
      workgroupBarrier();
      for (var half = ${THREADS / 2}; half > 0; half = half >> 1u) {
        if (thread < half) { parts[thread] = max(parts[thread], parts[thread + half]); }
        workgroupBarrier();
      }
      let most = parts[0];
      workgroupBarrier();
      return most;
    }

    fn main(index : i32) {
      let rows = uniforms.zShape[0];
      let classes = uniforms.zShape[1];
      // A group beyond the last row does that row again: barriers must meet every group alike.
      let row = min(index / ${THREADS}, rows - 1);
      let thread = i32(localIndex);
      let start = row * classes;
      var most = z[start];
      for (var k = thread; k < classes; k = k + ${THREADS}) { most = max(most, z[start + k]); }
      let top = maxOf(most, thread);
      var expSum = 0.0;
      var uSum = 0.0;
      var qSum = 0.0;
      for (var k = thread; k < classes; k = k + ${THREADS}) {
        let shift = z[start + k] - top;
        expSum += exp(shift);
        ${uTerm}
        ${qTerm}
      }
      let total = sumOf(expSum, thread);
      let uTotal = sumOf(uSum, thread);
      let qTotal = sumOf(qSum, thread);
      if (thread == 0) {
        result[row * 4] = top;
        result[row * 4 + 1] = log(total);
        result[row * 4 + 2] = uTotal;
        result[row * 4 + 3] = qTotal;
      }
    }`;
  const variableNames = [
    "z",
    ...(u === "shares" ? ["u"] : []),
    ...(q === "label" ? ["label"] : q === "shares" ? ["q"] : []),
  ];
  return {
    variableNames,
    outputShape: [rows, 4],
    shaderKey: `softlabelStatistics_${u}_${q}`,
    dispatchLayout: { x: [0, 1] },
    dispatch: [rows, 1, 1],
    workgroupSize: [THREADS, 1, 1],
    size: false,
    getUserCode: () => code,
  };
}

/**
 * The gradient, a thread for each element:
 *
 *     s·m·exp(z − top − logSum) − s·a·u − s·b·q
 *
 * Its inputs are z, top and logSum of shape [rows, 1], factors of shape [rows, 3] that hold s·m, s·a and s·b, and u and q as above.
 */
export function gradientProgram(shape: readonly [number, number], u: "one" | "shares", q: "label" | "shares"): Program {
  const share = u === "one" ? "1.0" : "u[(row % uniforms.uShape[0]) * classes + k]";
  const part = q === "label" ? "select(0.0, 1.0, k == label[row])" : "q[index]";
  const code = `
    fn main(index : i32) {
      if (index >= uniforms.size) { return; }
      let classes = uniforms.zShape[1];
      let row = index / classes;
      let k = index - row * classes;
      let mass = factors[row * 3];
      var g = -factors[row * 3 + 1] * ${share} - factors[row * 3 + 2] * ${part};
      // A row that is left out has no gradient, whatever its logits are.
      if (!(mass == 0.0)) { g += mass * exp((z[index] - top[row]) - logSum[row]); }
      result[index] = g;
    }`;
  return {
    variableNames: ["z", "top", "logSum", "factors", ...(u === "shares" ? ["u"] : []), q === "label" ? "label" : "q"],
    outputShape: shape,
    shaderKey: `softlabelGradient_${u}_${q}`,
    dispatchLayout: { x: [0, 1] },
    dispatch: [Math.ceil((shape[0] * shape[1]) / THREADS), 1, 1],
    workgroupSize: [THREADS, 1, 1],
    size: true,
    getUserCode: () => code,
  };
}
