// A contender's side of the conversation, a line of JSON for a line of JSON:
//   { open: FOLDER }                     → { sides: { NAME: { lossError, gradientError } | { skipped } } }
//   { time: NAME, milliseconds: BUDGET } → { times }, microseconds for one call each
// A side is { run, result }: run() does the work that is timed (it may be a promise), result() tells what the last run
// computed as { loss, gradient }.
import { createInterface } from "node:readline";
import { readProblem } from "./given.js";

// Times below this are taken over several calls, so that the clock's own cost does not count.
const least = 200;

/** @param {(problem: object) => Promise<Record<string, object>> | Record<string, object>} open */
export async function answer(open) {
  let sides = {};
  for await (const line of createInterface({ input: process.stdin })) {
    try {
      const question = JSON.parse(line);
      if ("open" in question) {
        for (const side of Object.values(sides)) side.close?.();
        const problem = readProblem(question.open);
        sides = await open(problem);
        console.log(JSON.stringify({ sides: await checkedAndWarm(sides, problem) }));
      } else {
        console.log(JSON.stringify({ times: await timesOf(sides[question.time], question.milliseconds) }));
      }
    } catch (error) {
      console.log(JSON.stringify({ error: error.stack }));
    }
  }
}

async function checkedAndWarm(sides, problem) {
  const answers = {};
  for (const [name, side] of Object.entries(sides)) {
    if (side.skipped !== undefined) {
      answers[name] = { skipped: side.skipped };
      continue;
    }
    try {
      await side.run();
      const errors = side.result ? errorsOf(await side.result(), side.problem ?? problem) : {};
      const { extraBytes } = side;
      answers[name] = { ...errors, extraBytes };
      await warm(side);
    } catch (error) {
      answers[name] = { skipped: error.message.split("\n")[0] };
    }
  }
  return answers;
}

/** Until the engine has compiled what it runs for the last time; a slow side is warm sooner. */
async function warm(side) {
  const start = performance.now();
  for (let calls = 0; calls < 5000; calls++) {
    await side.run();
    const spent = performance.now() - start;
    if (spent > 300 || (calls >= 2 && spent > 150)) break;
  }
  side.estimate = (await timesOf(side, 1)).at(-1);
}

async function timesOf(side, milliseconds) {
  // So that every side begins with its own numbers in the cache.
  if (side.estimate === undefined || side.estimate < 2e4) await side.run();
  const calls = Math.max(1, Math.ceil(least / (side.estimate ?? least)));
  const times = [];
  const stop = performance.now() + milliseconds;
  do {
    const start = performance.now();
    if (side.asynchronous) for (let i = 0; i < calls; i++) await side.run();
    else for (let i = 0; i < calls; i++) side.run();
    times.push(((performance.now() - start) * 1e3) / calls);
  } while (performance.now() < stop);
  return times;
}

/** The loss against max(1, |loss|), and the gradient against each row's size; NaN counts as the largest number. */
function errorsOf(result, { rows, loss, gradient, sizes }) {
  const lossError = Math.abs(result.loss - loss) / Math.max(1, Math.abs(loss));
  const classes = gradient.length / rows;
  let gradientError = 0;
  for (let at = 0; at < gradient.length; at++) {
    const error = Math.abs(result.gradient[at] - gradient[at]) / sizes[Math.floor(at / classes)];
    if (!(error <= gradientError)) gradientError = finite(error);
  }
  return { lossError: finite(lossError), gradientError };
}

// JSON has neither NaN nor ∞.
function finite(error) {
  return Number.isNaN(error) ? Number.MAX_VALUE : Math.min(error, Number.MAX_VALUE);
}
