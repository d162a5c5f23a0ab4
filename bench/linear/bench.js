// Loss and gradients of a linear layer with softmax cross-entropy, [512, 256] × [32000, 256], ε = 0.1, one thread:
// linearSoftmaxCrossEntropy beside the unfused way. Every contender is held to the core's float64 answer before it is
// timed; then they take turns, each in a process of its own. Memory is what the first call adds to the resident set of
// a fresh process at its peak, without what it returns.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { relaxedSimd } from "../../packages/softlabel/dist/kernels/linear/generated.js";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { contender, summary } from "../measure.js";
import { errorsOf, expectedSamples, labelSmoothing, problem, shape, writeProblem } from "./given.js";

const turns = 9;
// As published, the unfused way takes so long that every third turn is enough.
const rarely = { "tfjs-wasm": 3 };
const most = { loss: 1e-5, gradFeatures: 1e-4, gradWeight: 1e-4 };
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const node = (...words) => contender(process.execPath, ["--expose-gc", ...words]);
const relaxedFlag = "--experimental-wasm-relaxed-simd";

const python = "/usr/bin/python3";

export async function run() {
  const relaxed = WebAssembly.validate(Buffer.from(relaxedSimd, "hex"));
  const torch = torchVersion();
  if (torch === null) console.log(`PyTorch is skipped: ${python} has no torch (Debian: python3-torch)`);
  const contenders = {
    // The kernels are chosen by what the engine has; before Node 22 a flag gives it relaxed SIMD.
    [relaxed ? "softlabel, relaxed" : "softlabel"]: (folder) => node(here("./softlabel.js"), folder),
    ...(!relaxed && { "softlabel, relaxed": (folder) => node(relaxedFlag, here("./softlabel.js"), folder) }),
    "tfjs-wasm, mended": (folder) => node(here("./tfjs.js"), "mended", folder),
    "tfjs-wasm": (folder) => node(here("./tfjs.js"), "published", folder),
    ...(torch && { pytorch: (folder) => contender(python, [here("./pytorch.py"), folder]) }),
  };
  const given = problem();
  const expected = expectedSamples(given);
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const results = {};
  const running = [];
  try {
    writeProblem(folder, given);
    for (const [name, start] of Object.entries(contenders)) results[name] = { memory: await memoryOf(start(folder)) };
    for (const [name, start] of Object.entries(contenders)) running.push({ name, ...start(folder), times: [] });
    for (const { name, ask } of running) results[name].errors = requireAgreement(name, await ask("samples"), expected);
    for (let turn = 0; turn < turns; turn++) {
      for (const { name, ask, times } of running) {
        if (turn % (rarely[name] ?? 1) === 0) times.push((await ask("time")).time);
      }
    }
  } finally {
    for (const { end } of running) end();
    rmSync(folder, { recursive: true });
  }
  const { rows, width, classes } = shape;
  for (const { name, times } of running) {
    const { median } = summary(times);
    // Three products of this size: logits, and the gradients of features and weight.
    const gigaMultiplyAdds = (3 * rows * width * classes) / median / 1e6;
    results[name] = { ...results[name], ...summary(times), gigaMultiplyAdds, times };
  }
  print(results);
  return { unit: "ms per call", shape, labelSmoothing, versions: { ...versions(), ...(torch && { torch }) }, results };
}

async function memoryOf({ ask, end }) {
  try {
    return await ask("memory");
  } finally {
    end();
  }
}

function requireAgreement(name, samples, expected) {
  if (samples.error) throw new Error(`${name} cannot: ${samples.error}`);
  const errors = errorsOf(samples, expected);
  for (const [part, error] of Object.entries(errors)) {
    if (!(error <= most[part]))
      throw new Error(`${name} must be within ${most[part]} of float64's ${part}, got ${error}`);
  }
  return errors;
}

function print(results) {
  const [own] = Object.values(results);
  console.log(
    "\nlinear: ms per call, median (quartiles), the ratio to the first, GMAC/s, and memory beyond the result",
  );
  for (const [name, side] of Object.entries(results)) {
    const quartiles = `${side.lowerQuartile.toFixed(0)}–${side.upperQuartile.toFixed(0)}`;
    const time = `${side.median.toFixed(0)} (${quartiles})  × ${(side.median / own.median).toFixed(2)}`;
    const memory = side.memory.error ?? `${(side.memory.extra / 1e6).toFixed(0)} MB`;
    console.log(`  ${name.padEnd(20)} ${time.padEnd(34)} ${side.gigaMultiplyAdds.toFixed(1).padStart(5)}  ${memory}`);
  }
}

function torchVersion() {
  if (!existsSync(python)) return null;
  try {
    const program = "import torch; print(torch.__version__)";
    return execFileSync(python, ["-c", program], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
  } catch {
    return null;
  }
}
