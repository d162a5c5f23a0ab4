// Another kernel to be held against, named by SOFTLABEL_REFERENCE_WASM: paths of .wasm files, separated as in PATH, of
// which a process takes the last that its engine can compile. Such a module exports its memory, heapBase (all above is
// free) and
//
//   softmaxCrossEntropy(logits, gradient, labels, scales, losses, rows, classes, labelSmoothing, ignoreIndex)
//
// with addresses of f32 logits and gradients, i32 labels, f32 scales of the gradient and f64 losses, one per row.
import { readFileSync } from "node:fs";
import { delimiter } from "node:path";

/** The side of the reference kernel, or why there is none. */
export function reference({ rows, classes, logits, labels, labelSmoothing }) {
  const module = lastThatCompiles(process.env.SOFTLABEL_REFERENCE_WASM);
  if (typeof module === "string") return { skipped: module };
  const abort = () => {
    throw new Error("the reference kernel aborted");
  };
  const { exports } = new WebAssembly.Instance(module, { env: { abort } });
  const align = (address) => (address + 127) & ~127;
  let free = align(exports.heapBase.value);
  const take = (bytes) => {
    const address = free;
    // 128 apart: nothing shares a cache line.
    free = align(free + bytes) + 128;
    return address;
  };
  const [z, g, y, scales, losses] = [rows * classes * 4, rows * classes * 4, rows * 4, rows * 4, rows * 8].map(take);
  exports.memory.grow(Math.max(0, Math.ceil((free - exports.memory.buffer.byteLength) / 65536)));
  const { buffer } = exports.memory;
  new Float32Array(buffer, z).set(logits);
  new Int32Array(buffer, y).set(labels);
  new Float32Array(buffer, scales, rows).fill(1 / rows);
  return {
    run: () => exports.softmaxCrossEntropy(z, g, y, scales, losses, rows, classes, labelSmoothing, -100),
    result: () => ({
      loss: new Float64Array(buffer, losses, rows).reduce((sum, loss) => sum + loss / rows, 0),
      gradient: new Float32Array(buffer, g, rows * classes),
    }),
  };
}

function lastThatCompiles(paths) {
  if (!paths) return "SOFTLABEL_REFERENCE_WASM names no file";
  const modules = paths.split(delimiter).map((path) => readFileSync(path));
  const able = modules.filter((bytes) => WebAssembly.validate(bytes)).at(-1);
  return able === undefined ? "this engine compiles none of SOFTLABEL_REFERENCE_WASM" : new WebAssembly.Module(able);
}
