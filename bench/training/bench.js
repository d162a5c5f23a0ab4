// Milliseconds of one training step (batch 128, Adam, ε = 0.1, one thread): the laboratory's engine beside
// TensorFlow.js on WebAssembly as it is published and PyTorch. Every contender begins with the same weights and the
// same batch; their losses must agree before anything is timed. Then they take turns, each in a process of its own.
// CPU time is beside wall time, because other load on the machine stretches the one far more than the other.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { versions } from "../../packages/softlabel-cli/dist/training/code-version.js";
import { contender, summary } from "../measure.js";

const models = ["mlp", "lenet5", "lenet"];
const turns = 8;
const stepsPerTurn = { mlp: 8, lenet5: 8, lenet: 3 };
const checkSteps = 5;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const python = "/usr/bin/python3";

export async function run() {
  const torch = torchVersion();
  if (torch === null) console.log(`PyTorch is skipped: ${python} has no torch (Debian: python3-torch)`);
  const contenders = {
    softlabel: (model, given) => contender(process.execPath, [here("./softlabel.js"), model, given]),
    "tfjs-wasm": (model, given) => contender(process.execPath, [here("./tfjs-wasm.js"), model, given]),
    ...(torch && { pytorch: (model, given) => contender(python, [here("./pytorch.py"), model, given]) }),
  };
  const folder = mkdtempSync(join(tmpdir(), "softlabel-bench-"));
  const results = {};
  try {
    for (const model of models) {
      const given = join(folder, `${model}.npz`);
      execFileSync(process.execPath, [here("./given.js"), model, given]);
      results[model] = await compareOn(model, given, contenders);
      print(model, results[model]);
    }
  } finally {
    rmSync(folder, { recursive: true });
  }
  return { unit: "ms per step", batchSize: 128, versions: { ...versions(), ...(torch && { torch }) }, results };
}

async function compareOn(model, given, contenders) {
  const running = Object.entries(contenders).map(([name, start]) => ({
    name,
    ...start(model, given),
    times: [],
    cpuTimes: [],
  }));
  try {
    for (const side of running) {
      // Warm-up, and the losses before each of the first steps.
      const { error, losses } = await side.ask(`losses ${checkSteps}`);
      side.error = error;
      side.losses = losses;
    }
    const able = running.filter(({ error }) => error === undefined);
    for (const { name, losses } of able) requireAgreement(model, name, losses, able[0].losses);
    for (let turn = 0; turn < turns; turn++) {
      for (const side of able) {
        const { times, cpuTimes } = await side.ask(`times ${stepsPerTurn[model]}`);
        side.times.push(...times);
        side.cpuTimes.push(...cpuTimes);
      }
    }
  } finally {
    for (const side of running) side.end();
  }
  return Object.fromEntries(
    running.map(({ name, error, losses, times, cpuTimes }) => [
      name,
      error ? { error } : { losses, wall: summary(times), cpu: summary(cpuTimes), times, cpuTimes },
    ]),
  );
}

/** Same weights, same batch: the first loss agrees to float32's rounding, and all fall together. */
function requireAgreement(model, name, losses, expected) {
  const falls = losses.at(-1) < losses[0];
  const agrees = losses.every((loss, i) => Math.abs(loss - expected[i]) < (i === 0 ? 1e-5 : 2e-3) * expected[i]);
  if (!falls || !agrees) throw new Error(`${name} does not train ${model} as expected: ${losses} against ${expected}`);
}

function print(model, sides) {
  console.log(`\n${model}: ms per step, median (quartiles), and the ratio to softlabel`);
  const show = ({ median, lowerQuartile, upperQuartile }, own) =>
    `${median.toFixed(1)} (${lowerQuartile.toFixed(1)}–${upperQuartile.toFixed(1)})  × ${(median / own.median).toFixed(2)}`;
  for (const [name, side] of Object.entries(sides)) {
    const numbers = side.error
      ? `cannot: ${side.error}`
      : `wall ${show(side.wall, sides.softlabel.wall).padEnd(32)} CPU ${show(side.cpu, sides.softlabel.cpu)}`;
    console.log(`  ${name.padEnd(10)} ${numbers}`);
  }
}

function torchVersion() {
  if (!existsSync(python)) return null;
  try {
    return execFileSync(python, ["-c", "import torch; print(torch.__version__)"], {
      encoding: "utf8",
      stdio: ["ignore", "pipe", "ignore"],
    }).trim();
  } catch {
    return null;
  }
}
