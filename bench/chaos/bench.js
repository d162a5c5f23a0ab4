// Experiments whose workers, submitters and server are killed, stopped and started again, seed by seed on Redis and on
// PostgreSQL: what happened, how many trials ran twice, and whether the results are those of an undisturbed run.
// `npm run bench -- chaos --seeds 3` goes through the first three seeds.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { buildPrograms } from "../../packages/softlabel-cli/test/experiment/queue/support/build-programs.js";
import { summary } from "../measure.js";

const servers = ["redis", "postgresql"];
/** After so long an experiment has failed. */
const limitMs = 240_000;

/** @param {{ seeds?: number }} options */
export async function run({ seeds = 20 } = {}) {
  const reports = [];
  for (let seed = 1; seed <= seeds; seed++) reports.push(...(await runSeed(seed)));
  return resultOf(reports);
}

/**
 * One experiment on each server.
 * @param {number} seed
 */
export async function runSeed(seed) {
  const folder = mkdtempSync(join(tmpdir(), "softlabel-chaos-bench-"));
  try {
    const programs = await buildPrograms(join(folder, "programs"));
    const { runChaos, runUndisturbed } = await import(new URL("chaos.mjs", programs).href);
    const undisturbed = await runUndisturbed(programs, join(folder, "out"));
    const reports = [];
    for (const server of servers) {
      const report = await runChaos({ programs, server, seed, undisturbed, limitMs });
      console.log(`${server}, seed ${seed}: ${told(report)}`);
      reports.push(report);
    }
    return reports;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {readonly object[]} runs - in the order of their seeds. */
export function resultOf(runs) {
  return {
    limitSeconds: limitMs / 1000,
    bullmq: bullmqVersion(),
    servers: servers.map((server) => sumOf(runs.filter((run) => run.server === server))),
    runs,
  };
}

function told({ seconds, begunAgain, trainedAgain, problems }) {
  const again = `${begunAgain} trials begun again, ${trainedAgain} trained again`;
  return `${seconds.toFixed(1)} s, ${again}: ${problems.length === 0 ? "the undisturbed results" : problems.join("; ")}`;
}

/** All seeds of one server together. */
function sumOf(runs) {
  const [{ server, version, counts }] = runs;
  const total = (of) => runs.reduce((sum, run) => sum + of(run), 0);
  return {
    server,
    version,
    runs: runs.length,
    withUndisturbedResults: runs.filter(({ problems }) => problems.length === 0).length,
    trials: total(({ trials }) => trials),
    begunAgain: total(({ begunAgain }) => begunAgain),
    trainedAgain: total(({ trainedAgain }) => trainedAgain),
    counts: Object.fromEntries(Object.keys(counts).map((blow) => [blow, total((run) => run.counts[blow])])),
    seconds: summary(runs.map(({ seconds }) => seconds)),
  };
}

function bullmqVersion() {
  const manifest = new URL("../../packages/softlabel-cli/package.json", import.meta.url);
  return JSON.parse(readFileSync(manifest, "utf8")).dependencies.bullmq;
}
