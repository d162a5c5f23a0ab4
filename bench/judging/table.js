// The raw results as the table of docs/scale.md.
import { markdown } from "../loss/tables.js";

const digits = (value) => (value >= 10 ? value.toFixed(0) : value.toPrecision(2));
const grouped = (value) => value.toLocaleString("en");

/**
 * What judging took, from the files to the comparison of the arms.
 * @param {{ results: readonly object[] }} results
 */
export function judgingTable({ results }) {
  const lines = results.flatMap(({ testRows, classes, bytesPerTrial, few, all, trials }) =>
    [few, { trials, ...all }].map((run) => [
      grouped(run.trials),
      `${grouped(testRows)} × ${grouped(classes)}`,
      gigabytes(run.trials * bytesPerTrial),
      digits(run.cpuSeconds),
      digits(run.seconds),
      `${((1000 * run.cpuSeconds) / run.trials).toFixed(0)} ms`,
      `${run.peakMiB.toFixed(0)} MiB`,
    ]),
  );
  return markdown([["trials", "test rows", "files", "CPU, s", "wall, s", "CPU a trial", "peak memory"], ...lines]);
}

/** @param {number} bytes */
export function gigabytes(bytes) {
  return `${(bytes / 1e9).toPrecision(2)} GB`;
}
