// Ours, with the instruction set that the first word names.   node softlabel.js simd|relaxed FOLDER…
import v8 from "node:v8";
import { answerCases, labelSmoothing } from "./given.js";

const kind = process.argv[2];
v8.setFlagsFromString(`--${kind === "relaxed" ? "" : "no-"}experimental-wasm-relaxed-simd`);
const { softmaxCrossEntropy } = await import("../../packages/softlabel/dist/index.js");
const { wasmKernel } = await import("../../packages/softlabel/dist/kernels/wasm-kernel.js");
const wanted = kind === "relaxed" ? "relaxed SIMD" : "SIMD";
if (wasmKernel()?.name !== wanted) throw new Error(`this engine's kernel is ${wasmKernel()?.name}, not ${wanted}`);

await answerCases(kind, 1, ({ rows, classes, logits, labels }) => {
  const z = { data: logits, shape: [rows, classes] };
  const { loss, gradLogits } = softmaxCrossEntropy(labels, z, { labelSmoothing, reduction: "none", gradient: true });
  return { losses: loss, gradient: gradLogits.data };
});
