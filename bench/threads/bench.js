// From which size on two threads are faster than one: loss and gradient on tensors in the threads' memory, call after
// call and after pauses in which the worker falls asleep, and on plain arrays. Every call that can be shared is, however
// small; the same kernel in the same process takes turns with itself.

import { lossByKernel } from "../../packages/softlabel/dist/kernels/loss-by-kernel.js";
import { startCrew } from "../../packages/softlabel/dist/kernels/threads/start-crew.js";
import { createTensors } from "../../packages/softlabel/dist/kernels/threads/tensors.js";
import { workerHost } from "../../packages/softlabel/dist/kernels/threads/worker-host.js";
import { labelSmoothing, problem } from "../loss/given.js";
import { summary } from "../measure.js";

const shapes = [
  [4096, 10],
  [16384, 10],
  [1024, 100],
  [64, 1000],
  [96, 1000],
  [128, 1000],
  [256, 1000],
  [512, 1000],
  [2, 32000],
  [4, 32000],
  [8, 32000],
  [64, 32000],
  [32, 128256],
];
const milliseconds = 1000;
/** Long enough that a worker sleeps. */
const pause = 1;

export async function run() {
  // Everything on both threads; and, in a crew of its own, nothing.
  const limits = (least) => ({ leastLogits: least, chunkBytes: 2 ** 17, patience: 60_000 });
  const crews = {
    one: await startCrew(workerHost(), 2, limits(Number.POSITIVE_INFINITY)),
    two: await startCrew(workerHost(), 2, limits(0)),
  };
  try {
    if (crews.two.count() !== 2) throw new Error("this bench needs two threads");
    const measured = [];
    for (const [rows, classes] of shapes) {
      measured.push({ rows, classes, sides: compare(crews, problem(rows, classes)) });
      console.log(`[${rows}, ${classes}] done`);
    }
    return { unit: "µs per call", labelSmoothing, kernel: crews.two.kernel.name, shapes: measured };
  } finally {
    await Promise.all(Object.values(crews).map((crew) => crew.end()));
  }
}

function compare(crews, { rows, classes, logits, labels }) {
  const shape = [rows, classes];
  const sides = Object.fromEntries(
    Object.entries(crews).map(([name, { kernel, memory }]) => {
      const tensors = createTensors(memory);
      const [z, into] = [tensors.allocate(shape), tensors.allocate(shape)];
      z.data.set(logits);
      const call = () => lossByKernel(kernel, labels, z, { labelSmoothing, gradientInto: into });
      return [name, { call, close: tensors.clear }];
    }),
  );
  const [one, two] = [sides.one.call(), sides.two.call()];
  const different = one.gradLogits.data.findIndex((value, at) => value !== two.gradLogits.data[at]);
  if (one.loss !== two.loss || different !== -1) {
    throw new Error(`two threads must give what one gives, got another gradient at ${different}`);
  }
  const calls = { one: sides.one.call, two: sides.two.call };
  const results = { atOnce: takingTurns(calls, 0), paused: takingTurns(calls, pause) };
  for (const { close } of Object.values(sides)) close();
  return results;
}

/** Medians and quartiles of calls that take turns by fives, each five after one that does not count. */
function takingTurns(calls, before) {
  const times = Object.fromEntries(Object.keys(calls).map((name) => [name, []]));
  const stop = performance.now() + milliseconds;
  do {
    for (const [name, call] of Object.entries(calls)) {
      call();
      for (let i = 0; i < 5; i++) {
        const asleep = performance.now() + before;
        while (performance.now() < asleep);
        const start = performance.now();
        call();
        times[name].push(1e3 * (performance.now() - start));
      }
    }
  } while (performance.now() < stop);
  const digits = (value) => Number(value.toPrecision(4));
  return Object.fromEntries(
    Object.entries(times).map(([name, all]) => {
      const statistics = Object.entries(summary(all)).map(([statistic, value]) => [statistic, digits(value)]);
      return [name, Object.fromEntries(statistics)];
    }),
  );
}
