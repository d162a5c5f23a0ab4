// What every bench needs: the machine it ran on, order statistics, and contenders that take turns.
import { spawn } from "node:child_process";
import { cpus, loadavg, platform, release, totalmem } from "node:os";
import { createInterface } from "node:readline";

/** Where and beside what a bench runs; asked before it begins. */
export function machine() {
  const [{ model }] = cpus();
  const memory = `${Math.round(totalmem() / 2 ** 30)} GiB`;
  // What else ran: a load above 0 before the bench begins is other people's.
  const [load] = loadavg();
  const system = `${platform()} ${release()}`;
  return { platform: system, cpu: model, cores: cpus().length, memory, node: process.version, load };
}

/**
 * The smallest value, the quartiles, and how many there were.
 * @param {readonly number[]} values
 */
export function summary(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share) => {
    const place = share * (sorted.length - 1);
    const low = sorted[Math.floor(place)];
    return low + (sorted[Math.ceil(place)] - low) * (place % 1);
  };
  return { count: sorted.length, fastest: at(0), lowerQuartile: at(0.25), median: at(0.5), upperQuartile: at(0.75) };
}

/**
 * A contender in a process of its own that answers each line with a line of JSON; `{ "error": … }` is its failure.
 * It waits in silence while another has its turn.
 * @param {string} command
 * @param {readonly string[]} words
 * @param {Readonly<Record<string, string>>} [environment]
 */
export function contender(command, words, environment = threads(1)) {
  const child = spawn(command, words, { stdio: ["pipe", "pipe", "pipe"], env: { ...process.env, ...environment } });
  let complaints = "";
  child.stderr.on("data", (text) => {
    complaints += text;
  });
  child.on("error", (error) => {
    complaints += error.message;
  });
  child.stdin.on("error", () => {});
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** @param {string} question */
    async ask(question) {
      child.stdin.write(`${question}\n`);
      const { value, done } = await lines.next();
      if (done) return { error: complaints.trim().split("\n").at(-1) || "ended without a word" };
      return JSON.parse(value);
    },
    end() {
      child.stdin.end();
    },
  };
}

/**
 * The environment that holds a numerical library to so many threads.
 * @param {number} count
 */
export function threads(count) {
  // PyTorch's own setting holds for the thread that makes it; what runs the backward pass listens to these alone.
  return { OMP_NUM_THREADS: `${count}`, OPENBLAS_NUM_THREADS: `${count}`, MKL_NUM_THREADS: `${count}` };
}
