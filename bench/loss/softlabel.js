// Ours, with the instruction set that the first word names.   node softlabel.js simd|relaxed
import v8 from "node:v8";
import { answer } from "./answer.js";
import { kernelSide } from "./kernel-side.js";
import { optionsShape } from "./ratios.js";
import { reference } from "./reference.js";
import { optionVariants, unfriendlyProblems } from "./variants.js";

const kind = process.argv[2];
// Node 20 has relaxed SIMD behind this flag, later ones without it; an engine that does not know the flag ignores it.
v8.setFlagsFromString(`--${kind === "relaxed" ? "" : "no-"}experimental-wasm-relaxed-simd`);
// Only now: what a kernel can use is found out once.
const { allocate, release, softmaxCrossEntropy } = await import("../../packages/softlabel/dist/index.js");
const { startThreads } = await import("../../packages/softlabel/dist/kernels/threads/index.js");
const { softmaxCrossEntropy: core } = await import("../../packages/softlabel/dist/core/softmax-cross-entropy.js");
const { wasmKernel } = await import("../../packages/softlabel/dist/kernels/wasm-kernel.js");
const kernel = wasmKernel();
const threads = await startThreads({ threads: 2 });
const wanted = kind === "relaxed" ? "relaxed SIMD" : "SIMD";

await answer((problem) => {
  if (kernel?.name !== wanted) {
    return { [`kernel-${kind}`]: { skipped: `this engine's kernel is ${kernel?.name}, not ${wanted}` } };
  }
  const { rows, classes, labels, labelSmoothing } = problem;
  const shape = [rows, classes];
  const ours = [];
  const tensor = (values) => {
    const allocated = allocate(shape);
    if (values) allocated.data.set(values);
    ours.push(allocated);
    return allocated;
  };
  const shared = (values) => {
    const allocated = threads.allocate(shape);
    if (values) allocated.data.set(values);
    return allocated;
  };
  const plain = { data: problem.logits, shape };
  const logits = tensor(problem.logits);
  const gradientInto = tensor();

  const before = gradientInto.data.buffer.byteLength;
  softmaxCrossEntropy(labels, logits, { labelSmoothing, gradientInto });
  const extraBytes = gradientInto.data.buffer.byteLength - before;

  const call = (compute, z, options) => {
    let last;
    const run = () => {
      last = compute(labels, z, { labelSmoothing, ...options });
    };
    return { run, result: () => ({ loss: last.loss, gradient: last.gradLogits.data }) };
  };
  const onThreads = () => {
    if (threads.count !== 2) return { skipped: "this engine starts no threads" };
    const [z, into] = [shared(problem.logits), shared()];
    const close = () => [z, into].forEach(threads.release);
    return { ...call(threads.softmaxCrossEntropy, z, { gradientInto: into }), close };
  };
  const hard = () =>
    Object.fromEntries([
      ...unfriendlyProblems(problem).map((unfriendly) => {
        const z = tensor(unfriendly.problem.logits);
        return [
          unfriendly.name,
          { ...kernelSide(kernel, unfriendly.problem, z, gradientInto), problem: unfriendly.problem },
        ];
      }),
      ...optionVariants(problem, tensor).map((variant) => {
        const run = (_, z, options) => softmaxCrossEntropy(variant.labels, z, { ...options, ...variant.options });
        return [variant.name, { ...call(run, logits, { gradientInto }), problem: variant.problem }];
      }),
    ]);
  return {
    [`kernel-${kind}`]: { ...kernelSide(kernel, problem, logits, gradientInto), close: () => ours.forEach(release) },
    [`reference-${kind}`]: reference(problem),
    [`call-${kind}`]: call(softmaxCrossEntropy, plain, { gradient: true }),
    [`allocated-${kind}`]: { ...call(softmaxCrossEntropy, logits, { gradientInto }), extraBytes },
    [`threads-2-${kind}`]: onThreads(),
    ...(kind === "simd" && {
      copy: { run: () => gradientInto.data.set(logits.data) },
      core: call(core, plain, { gradient: true }),
    }),
    ...(optionsShape.includes(`${rows}x${classes}`) &&
      Object.fromEntries(Object.entries(hard()).map(([name, side]) => [`${name}-${kind}`, side]))),
  };
});
