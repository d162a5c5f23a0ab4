import { readdirSync, rmSync } from "node:fs";
import { hostname } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import {
  keepProgress,
  type ProgressFile,
  progressName,
  readProgressFile,
} from "../../src/experiment/trial-progress-file.ts";
import { temporaryFolder } from "./support/worker.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: new Date("2026-11-24T12:00:00Z") });
});
afterEach(() => {
  vi.useRealTimers();
});

const first: ProgressFile = {
  host: hostname(),
  pid: process.pid,
  startedAt: "2026-11-24T12:00:00.000Z",
  step: 0,
  totalSteps: 1,
  epoch: null,
  tellsEvery: 10,
};

test("the file is there at once, tells news at most once a second, and is gone at the end", () => {
  const folder = temporaryFolder();
  const keeper = keepProgress(folder);
  expect(readProgressFile(folder)).toEqual(first);
  keeper.tell({ step: 1, totalSteps: 9 });
  expect(readProgressFile(folder)).toEqual(first);
  keeper.tell({ step: 3, totalSteps: 9, measures: { epoch: 1 } });
  keeper.tell({ step: 4, totalSteps: 9 });
  vi.advanceTimersByTime(1_000);
  expect(readProgressFile(folder)).toEqual({ ...first, step: 4, totalSteps: 9, epoch: 1 });
  vi.advanceTimersByTime(500);
  keeper.tell({ step: 5, totalSteps: 9 });
  expect(readProgressFile(folder)?.step).toBe(4);
  vi.advanceTimersByTime(500);
  expect(readProgressFile(folder)?.step).toBe(5);
  keeper.end();
  expect(readdirSync(folder)).toEqual([]);
  vi.advanceTimersByTime(60_000);
  expect(readdirSync(folder)).toEqual([]);
});

test("a trial that keeps the event loop for itself is heard by what it tells", () => {
  const folder = temporaryFolder();
  const keeper = keepProgress(folder);
  // Time passes, and no timer has its turn.
  const now = performance.now();
  const clock = vi.spyOn(performance, "now").mockImplementation(() => now + 1_500);
  keeper.tell({ step: 7, totalSteps: 9 });
  clock.mockRestore();
  expect(readProgressFile(folder)?.step).toBe(7);
  keeper.end();
});

test("without news it is written anew every ten seconds, so that its age tells whether its process lives", () => {
  const folder = temporaryFolder();
  const keeper = keepProgress(folder);
  rmSync(join(folder, progressName));
  vi.advanceTimersByTime(9_000);
  expect(readProgressFile(folder)).toBeNull();
  vi.advanceTimersByTime(1_000);
  expect(readProgressFile(folder)).toEqual(first);
  keeper.end();
});
