// softlabel/jax beside what jax-js' own functions are composed to: loss and gradient of class indices with ε = 0.1,
// mean over the rows, under jit(valueAndGrad) on WebAssembly. Every side is held to the core's float64 answer before it
// is timed; then all take turns in one process, and the ratio is that of the medians.
//
//     softlabel   softmaxCrossEntropy of softlabel/jax
//     one-hot     −Σ q′·logSoftmax(z), with q′ from nn.oneHot of the labels
//     given       the same with q′ made beforehand, which is not timed
import { readFileSync } from "node:fs";
import { blockUntilReady, defaultDevice, init, jit, nn, numpy as np, valueAndGrad } from "@jax-js/jax";
import { softmaxCrossEntropy as core } from "../../packages/softlabel/dist/core/softmax-cross-entropy.js";
import { softmaxCrossEntropy } from "../../packages/softlabel/dist/jax/index.js";
import { labelSmoothing, problem, rowSizes, smoothedOneHot } from "../loss/given.js";
import { summary } from "../measure.js";

const shapes = [
  [128, 10],
  [128, 1000],
  [512, 1000],
  [64, 32000],
];
const rounds = 60;
// For each shape, all sides together.
const milliseconds = 4000;
// nn.oneHot picks rows of an identity matrix of classes² numbers, which jit makes once and keeps.
const largestIdentity = 2 ** 28;

export async function run() {
  await init("wasm");
  defaultDevice("wasm");
  const results = {};
  for (const [rows, classes] of shapes) results[`${rows}x${classes}`] = await compareOn(problem(rows, classes));
  for (const [shape, { sides, ratios }] of Object.entries(results)) {
    const times = Object.entries(sides).map(([name, side]) => `${name} ${side.skipped ?? `${side.median} µs`}`);
    const faster = Object.entries(ratios).map(([name, ratio]) => `${ratio}× faster than ${name}`);
    console.log(`[${shape.replace("x", ", ")}]  ${[...times, ...faster].join(", ")}`);
  }
  const versions = { softlabel: versionOf("softlabel"), "jax-js": versionOf("@jax-js/jax") };
  return { unit: "µs per call", labelSmoothing, versions, results };
}

async function compareOn(given) {
  const { rows, classes, logits, labels } = given;
  const shape = [rows, classes];
  const z = np.array(logits, { shape });
  const y = np.array(labels);
  const q = np.array(smoothedOneHot(given), { shape });
  const plain = (x, target) =>
    nn
      .logSoftmax(x)
      .mul(target)
      .sum()
      .mul(-1 / rows);
  const oneHot = (x, index) =>
    plain(
      x,
      nn
        .oneHot(index, classes)
        .mul(1 - labelSmoothing)
        .add(labelSmoothing / classes),
    );
  const losses = {
    softlabel: [(x, index) => softmaxCrossEntropy(index, x, { labelSmoothing }), y],
    "one-hot": [oneHot, y],
    given: [plain, q],
  };
  const sides = {};
  const running = [];
  for (const [name, [loss, target]] of Object.entries(losses)) {
    if (name === "one-hot" && classes ** 2 > largestIdentity) {
      sides[name] = { skipped: `an identity matrix of ${((4 * classes ** 2) / 2 ** 30).toFixed(1)} GiB` };
      continue;
    }
    const step = jit(valueAndGrad(loss));
    const call = async () => {
      const [value, gradient] = step(z.ref, target.ref);
      await blockUntilReady([value.ref, gradient.ref]);
      return { value, gradient };
    };
    sides[name] = errorsOf(await call(), given);
    running.push({ name, call, times: [] });
  }
  await takeTurns(running);
  for (const { name, times } of running) Object.assign(sides[name], rounded(summary(times)));
  for (const array of [z, y, q]) array.dispose();
  const ratio = (name) => Number((sides[name].median / sides.softlabel.median).toFixed(2));
  const others = Object.keys(sides).filter((name) => name !== "softlabel" && sides[name].skipped === undefined);
  return { sides, ratios: Object.fromEntries(others.map((name) => [name, ratio(name)])) };
}

async function takeTurns(running) {
  const stop = performance.now() + milliseconds;
  for (let round = 0; round < rounds && (round < 8 || performance.now() < stop); round++) {
    // There and back, so that nobody always follows the same neighbour.
    for (const { call, times } of round % 2 === 0 ? running : running.toReversed()) {
      const start = performance.now();
      const { value, gradient } = await call();
      // The first turns are for the engine, which compiles what it runs.
      if (round >= 3) times.push((performance.now() - start) * 1e3);
      value.dispose();
      gradient.dispose();
    }
  }
}

/** Relative to the loss, and to each row's largest gradient; a side that is far off is not compared. */
function errorsOf({ value, gradient }, { rows, classes, logits, labels }) {
  const exact = core(
    labels,
    { data: Float64Array.from(logits), shape: [rows, classes] },
    { labelSmoothing, gradient: true },
  );
  const sizes = rowSizes(logits, exact.gradLogits.data, rows);
  const computed = gradient.dataSync();
  const lossError = Math.abs(value.item() - exact.loss) / exact.loss;
  let gradientError = 0;
  exact.gradLogits.data.forEach((expected, at) => {
    gradientError = Math.max(gradientError, Math.abs(computed[at] - expected) / sizes[Math.floor(at / classes)]);
  });
  if (!(lossError < 0.03 && gradientError < 1e-4)) {
    throw new Error(`wrong answer: loss off by ${lossError}, gradient by ${gradientError}`);
  }
  return rounded({ lossError, gradientError });
}

/** Each number to as many digits as mean something. */
function rounded(numbers) {
  return Object.fromEntries(Object.entries(numbers).map(([name, value]) => [name, Number(value.toPrecision(4))]));
}

function versionOf(name) {
  return JSON.parse(readFileSync(new URL(`../../node_modules/${name}/package.json`, import.meta.url))).version;
}
