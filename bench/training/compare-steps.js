// Training steps of several contenders that begin alike: their losses must agree before anything is timed, then they take
// turns, each in a process of its own.
import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { summary } from "../measure.js";

const turns = 8;
const checkSteps = 5;
export const python = "/usr/bin/python3";

/**
 * @param {string} name - of what is trained.
 * @param {Readonly<Record<string, { ask: (question: string) => Promise<object>, end: () => void }>>} contenders
 * @param {number} stepsPerTurn
 */
export async function compareSteps(name, contenders, stepsPerTurn) {
  const running = Object.entries(contenders).map(([side, contender]) => ({
    name: side,
    ...contender,
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
    for (const { name: side, losses } of able) requireAgreement(name, side, losses, able[0].losses);
    for (let turn = 0; turn < turns; turn++) {
      for (const side of able) {
        const { times, cpuTimes } = await side.ask(`times ${stepsPerTurn}`);
        side.times.push(...times);
        side.cpuTimes.push(...cpuTimes);
      }
    }
  } finally {
    for (const side of running) side.end();
  }
  return Object.fromEntries(
    running.map(({ name: side, error, losses, times, cpuTimes }) => [
      side,
      error ? { error } : { losses, wall: summary(times), cpu: summary(cpuTimes), times, cpuTimes },
    ]),
  );
}

/** Same weights, same batch: the first loss agrees to float32's rounding, and all fall together. */
function requireAgreement(name, side, losses, expected) {
  const falls = losses.at(-1) < losses[0];
  const agrees = losses.every((loss, i) => Math.abs(loss - expected[i]) < (i === 0 ? 1e-5 : 2e-3) * expected[i]);
  if (!falls || !agrees) throw new Error(`${side} does not train ${name} as expected: ${losses} against ${expected}`);
}

export function printSteps(name, sides) {
  console.log(`\n${name}: ms per step, median (quartiles), and the ratio to softlabel`);
  const show = ({ median, lowerQuartile, upperQuartile }, own) =>
    `${median.toFixed(1)} (${lowerQuartile.toFixed(1)}–${upperQuartile.toFixed(1)})  × ${(median / own.median).toFixed(2)}`;
  for (const [contender, side] of Object.entries(sides)) {
    const numbers = side.error
      ? `cannot: ${side.error}`
      : `wall ${show(side.wall, sides.softlabel.wall).padEnd(32)} CPU ${show(side.cpu, sides.softlabel.cpu)}`;
    console.log(`  ${contender.padEnd(10)} ${numbers}`);
  }
}

export function torchVersion() {
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
